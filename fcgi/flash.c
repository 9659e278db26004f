#include "fcgi/flash.h"

/* clang-format off */
static const struct flash flashes[] = {
	{"created", "success", "Added."},
	{"saved", "success", "Saved."},
	{"deleted", "success", "Deleted."},
	{"restored", "success", "Restored, with what belongs to it."},
	{"erased", "success", "Deleted for ever."},
	{"view_saved", "success", "The view is saved."},
	{"view_deleted", "success", "The view is deleted."},
	{"converted", "success", "A customer now. What happened with the lead is in the timeline."},
	{"converted_before", "info", "This lead is a customer already: here it is."},
	{"merged", "success", "Merged. The other one is in the trash."},
	{"was_merged", "info", "The record you were looking for was merged into this one."},
	{"unmerged", "success", "The merge is taken back: this record is here again, with what belongs to it."},
	{"unmerged_partly", "info", "The merge is taken back. What was changed or moved elsewhere since has stayed as it is."},
	{"call_logged", "success", "The call is logged."},
	{"message_logged", "success", "The message is logged."},
	{"note_added", "success", "The note is added."},
	{"task_added", "success", "The task is added."},
	{"user_added", "success", "The user was added. Pass the first password on in person."},
	{"key_revoked", "success", "The key is revoked: whatever used it has stopped working."},
	{"logo_saved", "success", "The logo is in place."},
	{"logo_removed", "success", "The logo is removed; your initials stand in its place."},
	{"password_set", "success", "Your password is set, and you are signed in."},
	{"password_changed", "success", "Your password is changed. Wherever else you were signed in, you are signed out."},
	{"moved", "success", "Moved."},
	{"sample_added", "success", "The sample is in. Try everything; one button takes it out again."},
	{"sample_there", "info", "The sample is in already."},
	{"sample_removed", "success", "The sample data is gone. What is your own has stayed."},
	{"task_done", "success", "Done."},
	{"task_done_logged", "success", "Done, and the call is logged."},
	{"task_snoozed", "success", "It comes back later."},
	{"cadence_started", "success", "Started: its tasks are made."},
	{"cadence_stopped", "success", "Stopped: what was open is cancelled."},
	{"import_started", "success", "Started. You can leave this page: it goes on by itself."},
	{"import_discarded", "success", "Discarded. Nothing of it was imported."},
	{"import_stopped", "info", "Stopped. What was taken stays."},
	{"import_undoing", "info", "It is being taken back."},
	{"requests_taken", "success", "Taken: they are leads now."},
	{"requests_left", "warning", "Some still wait: there is no room in the plan for all of them, or more to take."},
	{"requests_discarded", "success", "Discarded."},
	{"archive_started", "success", "Started. You can leave this page: the archive is made by itself."},
	{"duplicate_dismissed", "success", "Not a duplicate: the pair will not come back."},
	{"duplicate_reopened", "success", "The pair is in the queue again."},
	{"duplicates_looking", "info", "Looking for duplicates. You can leave this page: it goes on by itself."},
	{"welcome", "success", "Welcome! Your workspace is ready. Add your first lead to see how it works."},
	{"signed_out", "info", "You are signed out."},
	{"handover_over", "info", "That link was used already or is too old. Sign in with your e-mail and password."},
	{"name_taken", "warning", "Somebody else has just taken that name. These are free:"},
};
/* clang-format on */

const struct flash *flash_find(struct str code)
{
	for (size_t i = 0; i < COUNT_OF(flashes); i++)
		if (str_is(code, flashes[i].code))
			return &flashes[i];
	return NULL;
}
