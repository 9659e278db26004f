#include "lib/crm/list_view.h"

STATEMENT(
	read_list_views,
	"SELECT id, name, query, is_shared, user_id = $3, version FROM saved_views WHERE tenant_id = $1 AND entity = $2"
	" AND deleted_at IS NULL AND (is_shared OR user_id = $3) ORDER BY name, id LIMIT 50");

struct rows *list_views_send(struct ttx *tx, const char *plural, struct uuid user)
{
	return ttx_send(tx, &read_list_views, ARGS(arg_text(plural), arg_uuid(ttx_arena(tx), user)));
}

enum err list_views_read(struct ttx *tx, struct rows *sent, struct list_view **out, size_t *count)
{
	enum err err = rows_wait(sent);

	*count = 0;
	if (err)
		return err;
	*out = arena_array(ttx_arena(tx), rows_count(sent), sizeof **out);
	while (rows_next(sent))
		(*out)[(*count)++] = (struct list_view){
			.id = rows_uuid(sent, 0),
			.name = rows_str(sent, 1),
			.query = rows_str(sent, 2),
			.is_shared = rows_bool(sent, 3),
			.is_own = rows_bool(sent, 4),
			.version = rows_int(sent, 5),
		};
	return OK;
}
