/* What can be imported, how headings are understood, and by what rows are matched. */
#include <sodium.h>

#include "lib/crm/entities.h"
#include "lib/crm/import_internal.h"

const char *const import_entities[] = {"leads", "contacts", "properties", "equipment", NULL};

const struct entity *import_entity(struct str plural)
{
	for (size_t i = 0; import_entities[i]; i++)
		if (str_is(plural, import_entities[i]))
			return entity_find(plural);
	return NULL;
}

/* ---- keys ---- */

static const struct import_key keys[] = {
	{"leads", "email_or_phone", "E-mail or phone", "email", "email_norm", true, "phone"},
	{"leads", "email", "E-mail", "email", "email_norm", true, NULL},
	{"leads", "phone", "Phone", "phone", "phone_e164", false, NULL},
	{"contacts", "email_or_phone", "E-mail or phone", "email", "email_norm", true, "phone"},
	{"contacts", "email", "E-mail", "email", "email_norm", true, NULL},
	{"contacts", "phone", "Phone", "phone", "phone_e164", false, NULL},
	{"properties", "address", "Street address", "address", "address_norm", true, NULL},
	{"equipment", "serial", "Serial number", "serial", "serial_norm", true, NULL},
	{NULL, "id", "Id", TARGET_ID, "id::text", false, NULL},
};

static bool is_of(const struct import_key *key, const struct entity *entity)
{
	return !key->entity || strcmp(key->entity, entity->plural) == 0;
}

const struct import_key *import_key_find(const struct entity *entity, struct str name)
{
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (is_of(&keys[i], entity) && str_is(name, keys[i].name))
			return &keys[i];
	return NULL;
}

const struct import_key *import_key_at(const struct entity *entity, size_t n)
{
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (is_of(&keys[i], entity) && n-- == 0)
			return &keys[i];
	return NULL;
}

const struct import_key *import_key_otherwise(const struct import *import)
{
	const struct import_key *key = import->options.key;

	return key && key->otherwise ? import_key_find(import->entity, str_from(key->otherwise)) : NULL;
}

/* The id where the file has it, else the first of which all is mapped. */
const struct import_key *import_guess_key(const struct import *import)
{
	if (import_column_of(import, TARGET_ID) >= 0)
		return import_key_find(import->entity, STR("id"));
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (is_of(&keys[i], import->entity) && import_column_of(import, keys[i].field) >= 0 &&
		    (!keys[i].otherwise || import_column_of(import, keys[i].otherwise) >= 0))
			return &keys[i];
	return NULL;
}

static const char *const modes[] = {[IMPORT_BOTH] = "both", [IMPORT_CREATE] = "create", [IMPORT_UPDATE] = "update"};

const char *import_mode_name(enum import_mode mode)
{
	return modes[mode];
}

bool import_mode_find(struct str name, enum import_mode *out)
{
	for (size_t i = IMPORT_BOTH; i < COUNT_OF(modes); i++)
		if (str_is(name, modes[i])) {
			*out = (enum import_mode)i;
			return true;
		}
	return false;
}

/* ---- targets ---- */

/* A table may set what a person may, and point at rows that it names. */
static bool is_taken(const struct field *field)
{
	return !(field->flags & (FIELD_READ_ONLY | FIELD_INTERNAL | FIELD_WRITE_ONLY)) &&
	       (field->flags & (FIELD_IMPORTABLE | FIELD_CUSTOM) || field->type == FIELD_TAGS ||
		field->type == FIELD_REFERENCE);
}

static bool has_name_parts(const struct entity *entity)
{
	return strcmp(entity->plural, "leads") == 0 || strcmp(entity->plural, "contacts") == 0;
}

size_t import_targets(struct arena *arena, const struct entity *entity, struct import_target **out)
{
	struct import_target *targets = arena_array(arena, entity->field_count + 4, sizeof *targets);
	size_t count = 0;

	if (has_name_parts(entity)) {
		targets[count++] = (struct import_target){STR(TARGET_FIRST), STR("First name")};
		targets[count++] = (struct import_target){STR(TARGET_LAST), STR("Last name")};
	}
	for (size_t i = 0; i < entity->field_count; i++)
		if (is_taken(&entity->fields[i]))
			targets[count++] = (struct import_target){str_from(entity->fields[i].name),
								  str_from(entity->fields[i].label)};
	targets[count++] = (struct import_target){STR(TARGET_CREATED), STR("Created")};
	targets[count++] = (struct import_target){STR(TARGET_ID), STR("Id of the record")};
	*out = targets;
	return count;
}

bool import_target_valid(const struct entity *entity, struct str target)
{
	int field = entity_field(entity, target);

	if (str_is(target, TARGET_CREATED))
		return true;
	if (field >= 0)
		return is_taken(&entity->fields[field]);
	return target.n == 0 || str_is(target, TARGET_ID) ||
	       (has_name_parts(entity) && (str_is(target, TARGET_FIRST) || str_is(target, TARGET_LAST)));
}

int import_column_of(const struct import *import, const char *target)
{
	for (size_t i = 0; i < import->column_count; i++)
		if (str_is(import->columns[i].target, target))
			return (int)i;
	return -1;
}

/* ---- guessing ---- */

/* As other programs head their columns; letters and digits alone, in lower case. */
static const struct {
	const char *target, *words; /* with a blank behind each */
} synonyms[] = {
	{TARGET_FIRST, "firstname first givenname forename "},
	{TARGET_LAST, "lastname last surname familyname "},
	{"name",
	 "fullname contactname customername clientname customer client contact leadname displayname propertyname "
	 "equipmentname "},
	{"email", "emailaddress mail email1 primaryemail contactemail customeremail emailprimary "},
	{"phone",
	 "phonenumber tel telephone mobile mobilephone cell cellphone primaryphone phone1 homephone contactphone "
	 "mobilenumber customerphone "},
	{"company", "companyname business businessname organization organisation account accountname "},
	{"title", "jobtitle position role "},
	{"address",
	 "street streetaddress address1 addressline1 serviceaddress mailingaddress billingaddress siteaddress "},
	{"city", "town billingcity servicecity "},
	{"state", "province region stateprovince billingstate servicestate "},
	{"zip", "zipcode postalcode postcode billingzip servicezip zippostalcode "},
	{"notes", "note comment comments description details remarks message memo "},
	{"source", "leadsource referralsource howdidyouhear campaign channel "},
	{"status", "leadstatus stagename "},
	{"value_cents", "value amount dealvalue jobvalue estimate estimatedvalue price "},
	{"cost_cents", "cost leadcost "},
	{"trade", "service servicetype jobtype category "},
	{"urgency", "priority "},
	{"owner_id", "owner assignedto salesperson salesrep assignee user "},
	{"stage_id", "stage pipelinestage "},
	{"tags", "tag labels label groups "},
	{"serial", "serialnumber serialno sn serial# "},
	{"model", "modelnumber modelno "},
	{"brand", "make manufacturer mfr "},
	{"type", "equipmenttype propertytype unittype "},
	{"installed_on", "installed installdate installationdate dateinstalled "},
	{"warranty_ends_on", "warranty warrantyend warrantyexpiration warrantyexpires warrantyuntil "},
	{"last_service_on", "lastservice lastservicedate servicedate "},
	{"sms_consent", "smsoptin textoptin smsconsent maytext "},
	{"property_id", "property propertyaddress site "},
	{"contact_id", "contact customer "},
	{TARGET_CREATED, "createdate createddate datecreated dateadded createdon createdtime added leaddate "},
	{TARGET_ID, "recordid demandid "},
};

static struct str plain(struct arena *arena, struct str text)
{
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80)
			buffer_add_char(&out, c);
	}
	return buffer_str(&out);
}

static bool is_synonym(const char *words, struct str word)
{
	struct str rest = str_from(words);

	while (word.n && !str_absent(rest))
		if (str_equal(str_split(&rest, ' '), word))
			return true;
	return false;
}

static bool is_used(const struct import_column *columns, size_t count, struct str target)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(columns[i].target, target))
			return true;
	return false;
}

/* A target of the entity for the heading: its name or label, else a word that others use for it. */
static struct str meant_by(struct arena *arena, const struct entity *entity, struct str header,
			   const struct import_column *columns, size_t count)
{
	struct import_target *targets;
	size_t target_count = import_targets(arena, entity, &targets);
	struct str word = plain(arena, header);

	for (size_t i = 0; i < target_count; i++)
		if ((str_equal(header, targets[i].name) || str_equal(word, plain(arena, targets[i].name)) ||
		     str_equal(word, plain(arena, targets[i].label))) &&
		    !is_used(columns, count, targets[i].name))
			return targets[i].name;
	for (size_t i = 0; i < COUNT_OF(synonyms); i++)
		if (is_synonym(synonyms[i].words, word) && import_target_valid(entity, str_from(synonyms[i].target)) &&
		    !is_used(columns, count, str_from(synonyms[i].target)))
			return str_from(synonyms[i].target);
	return STR("");
}

static bool has_heading(const struct import_column *columns, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(columns[i].header, name))
			return true;
	return false;
}

bool import_is_raw(const struct import_column *columns, size_t count)
{
	return has_heading(columns, count, TARGET_ID) && has_heading(columns, count, "version");
}

/* Its headings are names and nothing else: "created_at" is not a company's own field of that label. */
static struct str named_by(const struct entity *entity, struct str header, const struct import_column *columns,
			   size_t count)
{
	return import_target_valid(entity, header) && !is_used(columns, count, header) ? header : STR("");
}

void import_guess(struct arena *arena, const struct entity *entity, struct import_column *columns, size_t count)
{
	bool raw = import_is_raw(columns, count);

	for (size_t i = 0; i < count; i++)
		columns[i].target = STR("");
	for (size_t i = 0; i < count; i++)
		columns[i].target = raw ? named_by(entity, columns[i].header, columns, count)
					: meant_by(arena, entity, columns[i].header, columns, count);
}

/* How many columns are those of the file itself: one of rows that were not taken has two of ours behind them. */
static size_t own_columns(struct arena *arena, const struct import_column *columns, size_t count)
{
	bool ours = count > 2 && str_is(plain(arena, columns[count - 2].header), "row") &&
		    str_is(plain(arena, columns[count - 1].header), "reason");

	return ours ? count - 2 : count;
}

struct uuid import_fingerprint(struct arena *arena, const struct import_column *columns, size_t all)
{
	size_t count = own_columns(arena, columns, all);
	crypto_generichash_state hash;
	struct uuid out;

	crypto_generichash_init(&hash, NULL, 0, sizeof out.bytes);
	for (size_t i = 0; i < count; i++) {
		struct str word = plain(arena, columns[i].header);

		crypto_generichash_update(&hash, (const unsigned char *)word.p, word.n);
		crypto_generichash_update(&hash, (const unsigned char *)"\n", 1);
	}
	crypto_generichash_final(&hash, out.bytes, sizeof out.bytes);
	return out;
}
