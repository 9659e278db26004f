/*
 * Two weeks of an ordinary heating, cooling and plumbing company. Phone numbers are from the range that is kept for
 * fiction (555-01xx), addresses of mail end in example.com.
 */
#include "lib/crm/sample_rows.h"

#include "lib/crm/activity.h"
#include "lib/crm/contact.h"
#include "lib/crm/equipment.h"
#include "lib/crm/lead.h"
#include "lib/crm/note.h"
#include "lib/crm/property.h"
#include "lib/crm/tag.h"
#include "lib/crm/task.h"

#define HOURS(n) ((n)*60)
#define DAYS(n) ((n)*24 * 60)
#define ADD(entity, key, ago, ...)                                                                                     \
	{                                                                                                              \
		&entity##_entity, key, false, ago,                                                                     \
		{                                                                                                      \
			__VA_ARGS__                                                                                    \
		}                                                                                                      \
	}
#define CHANGE(entity, key, ago, ...)                                                                                  \
	{                                                                                                              \
		&entity##_entity, key, true, ago,                                                                      \
		{                                                                                                      \
			__VA_ARGS__                                                                                    \
		}                                                                                                      \
	}
#define CLEVELAND                                                                                                      \
	{"city", "Cleveland"},                                                                                         \
	{                                                                                                              \
		"state", "OH"                                                                                          \
	}
#define LAKEWOOD                                                                                                       \
	{"city", "Lakewood"}, {"state", "OH"},                                                                         \
	{                                                                                                              \
		"zip", "44107"                                                                                         \
	}

/* clang-format off */
const struct sample_row sample_rows[] = {
	/* ---- tags ---- */
	ADD(tag, NULL, DAYS(30), {"name", "Maintenance plan"}, {"tone", "green"}),
	ADD(tag, NULL, DAYS(30), {"name", "Landlord"}, {"tone", "purple"}),
	ADD(tag, NULL, DAYS(30), {"name", "Repeat customer"}, {"tone", "azure"}),
	ADD(tag, NULL, DAYS(30), {"name", "Financing"}, {"tone", "orange"}),

	/* ---- leads, oldest first ---- */
	ADD(lead, "walter", DAYS(13), {"name", "Walter Simmons"}, {"phone", "(216) 555-0109"}, {"email", "walter.simmons@example.com"},
		{"address", "512 Birch Ln"}, CLEVELAND, {"zip", "44111"}, {"trade", "hvac"}, {"urgency", "planned"}, {"source", "Website"}, {"tier", "cold"},
		{"value_cents", "1180000"}, {"notes", "Two heat pumps for a house from 1978. Collects three bids."}, {"owner_id", "me"}, {"tags", "Financing"}),
	ADD(lead, "grace", DAYS(11), {"name", "Grace Kim"}, {"phone", "(216) 555-0108"}, {"email", "grace.kim@example.com"}, {"address", "77 Alder Ct"},
		LAKEWOOD, {"trade", "hvac"}, {"urgency", "no_heat"}, {"source", "Referral"}, {"tier", "hot"}, {"value_cents", "124000"},
		{"notes", "Furnace clicks but does not light. A baby in the house."}, {"owner_id", "me"}, {"tags", "Repeat customer"}),
	ADD(lead, "church", DAYS(10), {"name", "Dan Foley"}, {"company", "St. Mark's Church"}, {"phone", "(216) 555-0111"}, {"email", "dan.foley@example.com"},
		{"address", "1500 Chestnut Ave"}, CLEVELAND, {"zip", "44113"}, {"trade", "hvac"}, {"urgency", "soon"}, {"source", "Phone"}, {"tier", "warm"},
		{"value_cents", "420000"}, {"notes", "Boiler in the hall is loud, the office stays cold."}, {"owner_id", "me"}),
	ADD(lead, "lakeside", DAYS(8), {"name", "Renee Dubois"}, {"company", "Lakeside Apartments"}, {"phone", "(216) 555-0106"},
		{"email", "renee.dubois@example.com"}, {"address", "2400 Lake Ave"}, LAKEWOOD, {"trade", "both"}, {"urgency", "planned"}, {"source", "Referral"},
		{"tier", "hot"}, {"value_cents", "1440000"}, {"next_step", "Answer her questions about the contract"}, {"next_step_at", "+1 10:00"},
		{"owner_id", "me"}, {"tags", "Landlord\nMaintenance plan"}),
	ADD(lead, "harold", DAYS(6), {"name", "Harold Jenkins"}, {"phone", "(216) 555-0105"}, {"email", "harold.jenkins@example.com"},
		{"address", "39 Sycamore St"}, CLEVELAND, {"zip", "44109"}, {"trade", "hvac"}, {"urgency", "planned"}, {"source", "Google Ads"}, {"cost_cents", "6200"},
		{"tier", "warm"}, {"value_cents", "890000"}, {"notes", "Furnace is 22 years old. Wants to know about financing."},
		{"owner_id", "me"}, {"tags", "Financing"}),
	ADD(lead, "kevin", DAYS(4), {"name", "Kevin O'Connor"}, {"phone", "(216) 555-0107"}, {"email", "kevin.oconnor@example.com"}, {"address", "18 Poplar Dr"},
		CLEVELAND, {"zip", "44102"}, {"trade", "plumbing"}, {"urgency", "drain"}, {"source", "Yelp"}, {"cost_cents", "3800"}, {"tier", "warm"},
		{"value_cents", "38500"}, {"owner_id", "me"}),
	ADD(lead, "denise", DAYS(2), {"name", "Denise Whitfield"}, {"phone", "(216) 555-0104"}, {"email", "denise.whitfield@example.com"},
		{"address", "205 Walnut St"}, CLEVELAND, {"zip", "44120"}, {"trade", "plumbing"}, {"urgency", "no_hot_water"}, {"source", "Referral"}, {"tier", "hot"},
		{"value_cents", "215000"}, {"notes", "Water heater leaks at the bottom. Mornings are best."}, {"owner_id", "me"}, {"sms_consent", "t"},
		{"sms_consent_text", "Said yes to texts about the appointment, on the phone."}),
	ADD(lead, "jamal", HOURS(30), {"name", "Jamal Carter"}, {"phone", "(216) 555-0112"}, {"address", "961 Spruce St"}, CLEVELAND, {"zip", "44105"},
		{"trade", "hvac"}, {"urgency", "soon"}, {"source", "Door hanger"}, {"tier", "warm"}, {"value_cents", "64000"}, {"owner_id", "me"}),
	ADD(lead, "priya", HOURS(26), {"name", "Priya Nair"}, {"phone", "(216) 555-0103"}, {"email", "priya.nair@example.com"}, {"address", "8 Hawthorn Rd"},
		LAKEWOOD, {"trade", "hvac"}, {"urgency", "no_cool"}, {"source", "Google Ads"}, {"cost_cents", "4500"}, {"tier", "warm"}, {"value_cents", "85000"},
		{"owner_id", "me"}),
	ADD(lead, NULL, HOURS(20), {"name", "Angela Ruiz"}, {"phone", "(216) 555-0110"}, {"email", "angela.ruiz@example.com"}, {"address", "330 Linden Ave"},
		CLEVELAND, {"zip", "44134"}, {"trade", "plumbing"}, {"urgency", "soon"}, {"source", "Website"}, {"tier", "warm"}, {"value_cents", "52000"},
		{"notes", "Two faucets and a toilet that runs."}),
	ADD(lead, "tom", HOURS(3), {"name", "Tom Becker"}, {"phone", "(216) 555-0102"}, {"address", "64 Magnolia Dr"}, CLEVELAND, {"zip", "44108"},
		{"trade", "plumbing"}, {"urgency", "leak"}, {"source", "Phone"}, {"tier", "hot"}, {"value_cents", "47500"},
		{"notes", "Pipe under the kitchen sink. Main is shut off."}, {"owner_id", "me"}),
	ADD(lead, "maria", 12, {"name", "Maria Alvarez"}, {"phone", "(216) 555-0101"}, {"email", "maria.alvarez@example.com"}, {"address", "121 Cedar St"},
		LAKEWOOD, {"trade", "hvac"}, {"urgency", "no_heat"}, {"source", "Website"}, {"tier", "hot"}, {"value_cents", "95000"},
		{"notes", "No heat since this morning, thermostat shows E4."}, {"sms_consent", "t"},
		{"sms_consent_text", "Ticked \"You may text me about my request\" on the website."}),

	/* ---- contacts ---- */
	ADD(contact, "grace_kim", DAYS(9), {"name", "Grace Kim"}, {"phone", "(216) 555-0108"}, {"email", "grace.kim@example.com"}, {"address", "77 Alder Ct"},
		LAKEWOOD, {"lead_id", "grace"}, {"owner_id", "me"}, {"tags", "Repeat customer"}),
	ADD(contact, "kevin_oconnor", DAYS(3), {"name", "Kevin O'Connor"}, {"phone", "(216) 555-0107"}, {"email", "kevin.oconnor@example.com"},
		{"address", "18 Poplar Dr"}, CLEVELAND, {"zip", "44102"}, {"lead_id", "kevin"}, {"owner_id", "me"}),
	ADD(contact, "renee", DAYS(8), {"name", "Renee Dubois"}, {"company", "Lakeside Apartments"}, {"title", "Property manager"},
		{"phone", "(216) 555-0106"}, {"email", "renee.dubois@example.com"}, {"lead_id", "lakeside"}, {"owner_id", "me"}, {"tags", "Landlord"}),
	ADD(contact, "samuel", DAYS(300), {"name", "Samuel Ortiz"}, {"phone", "(216) 555-0121"}, {"email", "samuel.ortiz@example.com"},
		{"address", "14 Juniper Way"}, CLEVELAND, {"zip", "44116"}, {"owner_id", "me"}, {"tags", "Maintenance plan\nRepeat customer"}),
	ADD(contact, "beth", DAYS(210), {"name", "Beth Lindqvist"}, {"phone", "(216) 555-0122"}, {"email", "beth.lindqvist@example.com"},
		{"address", "902 Elm St"}, LAKEWOOD, {"owner_id", "me"}, {"tags", "Maintenance plan"}),
	ADD(contact, "arthur", DAYS(150), {"name", "Arthur Pell"}, {"title", "Owner of three rentals"}, {"phone", "(216) 555-0123"},
		{"email", "arthur.pell@example.com"}, {"owner_id", "me"}, {"tags", "Landlord"}),

	/* ---- properties ---- */
	ADD(property, "alder", DAYS(9), {"contact_id", "grace_kim"}, {"address", "77 Alder Ct"}, LAKEWOOD, {"last_service_on", "-9"}),
	ADD(property, "poplar", DAYS(3), {"contact_id", "kevin_oconnor"}, {"address", "18 Poplar Dr"}, CLEVELAND, {"zip", "44102"}, {"last_service_on", "-3"}),
	ADD(property, "lake", DAYS(8), {"name", "Lakeside Apartments"}, {"type", "commercial"}, {"contact_id", "renee"}, {"address", "2400 Lake Ave"}, LAKEWOOD,
		{"notes", "24 units in two buildings. The caretaker has the keys."}),
	ADD(property, "juniper", DAYS(300), {"contact_id", "samuel"}, {"address", "14 Juniper Way"}, CLEVELAND, {"zip", "44116"},
		{"maintenance_plan", "Gold, twice a year"}, {"last_service_on", "-175"}, {"notes", "Gate code 4471. Friendly dog."}),
	ADD(property, "elm", DAYS(210), {"contact_id", "beth"}, {"address", "902 Elm St"}, LAKEWOOD, {"maintenance_plan", "Silver, once a year"},
		{"last_service_on", "-360"}),
	ADD(property, "rental", DAYS(150), {"name", "Duplex on Maple"}, {"type", "apartment"}, {"contact_id", "arthur"}, {"address", "610 Maple Ave"},
		CLEVELAND, {"zip", "44103"}, {"billing_address", "PO Box 1210"}, {"billing_city", "Cleveland"}, {"billing_state", "OH"}, {"billing_zip", "44101"}),

	/* ---- equipment ---- */
	ADD(equipment, NULL, DAYS(9), {"type", "furnace"}, {"brand", "Lennox"}, {"model", "EL296V"}, {"serial", "5919K40417"}, {"property_id", "alder"},
		{"contact_id", "grace_kim"}, {"installed_on", "-2300"}, {"warranty_ends_on", "1350"}, {"last_service_on", "-9"}, {"notes", "New igniter."}),
	ADD(equipment, NULL, DAYS(3), {"type", "sump_pump"}, {"brand", "Zoeller"}, {"model", "M53"}, {"property_id", "poplar"}, {"installed_on", "-1400"},
		{"warranty_ends_on", "-305"}),
	ADD(equipment, NULL, DAYS(8), {"type", "boiler"}, {"brand", "Weil-McLain"}, {"model", "GV90+"}, {"serial", "CP6831220"}, {"property_id", "lake"},
		{"installed_on", "-3100"}, {"warranty_ends_on", "550"}),
	ADD(equipment, NULL, DAYS(300), {"type", "heat_pump"}, {"brand", "Trane"}, {"model", "XR15"}, {"serial", "2047NKX4F"}, {"property_id", "juniper"},
		{"contact_id", "samuel"}, {"installed_on", "-3625"}, {"warranty_ends_on", "25"}, {"last_service_on", "-175"}, {"notes", "Filter 16x25x4."}),
	ADD(equipment, NULL, DAYS(300), {"type", "tankless"}, {"brand", "Rinnai"}, {"model", "RU199"}, {"serial", "FC-104411"}, {"property_id", "juniper"},
		{"installed_on", "-1200"}, {"warranty_ends_on", "4275"}),
	ADD(equipment, NULL, DAYS(210), {"type", "furnace"}, {"brand", "Carrier"}, {"model", "59TP6"}, {"serial", "1418A22930"}, {"property_id", "elm"},
		{"contact_id", "beth"}, {"installed_on", "-3590"}, {"warranty_ends_on", "60"}, {"last_service_on", "-360"}),
	ADD(equipment, NULL, DAYS(210), {"type", "air_conditioner"}, {"brand", "Carrier"}, {"model", "24ABC6"}, {"property_id", "elm"}, {"installed_on", "-3590"},
		{"warranty_ends_on", "60"}),
	ADD(equipment, NULL, DAYS(150), {"type", "water_heater"}, {"brand", "A. O. Smith"}, {"model", "GPVL-50"}, {"serial", "2231131470"},
		{"property_id", "rental"}, {"installed_on", "-900"}, {"warranty_ends_on", "1290"}, {"notes", "Basement, behind the stairs."}),

	/* ---- what was said and done; the first call, mail or text to a lead is its answer ---- */
	ADD(activity, NULL, DAYS(13) - 41, {"type", "call"}, {"subject", "Asked about the two floors"}, {"outcome", "answered"}, {"duration_seconds", "540"},
		{"lead_id", "walter"}),
	ADD(activity, NULL, DAYS(11) - 2, {"type", "call"}, {"subject", "On the way"}, {"outcome", "booked"}, {"duration_seconds", "95"}, {"lead_id", "grace"}),
	ADD(activity, NULL, DAYS(11) - 110, {"type", "visit"}, {"subject", "New igniter, furnace runs"}, {"outcome", "answered"}, {"duration_seconds", "3600"},
		{"lead_id", "grace"}),
	ADD(activity, NULL, DAYS(10) - 12, {"type", "call"}, {"subject", "Left a message with the office"}, {"outcome", "voicemail"},
		{"duration_seconds", "40"}, {"lead_id", "church"}),
	ADD(activity, NULL, DAYS(8) - 25, {"type", "email"}, {"subject", "What a contract for 24 units covers"}, {"lead_id", "lakeside"},
		{"body", "Two visits a year for every unit, and a technician within four hours in winter."}),
	ADD(activity, NULL, DAYS(5), {"type", "meeting"}, {"subject", "Walked both buildings with Renee"}, {"duration_seconds", "5400"}, {"lead_id", "lakeside"}),
	ADD(activity, NULL, DAYS(6) - 18, {"type", "call"}, {"subject", "Talked about sizes and financing"}, {"outcome", "booked"}, {"duration_seconds", "780"},
		{"lead_id", "harold"}),
	ADD(activity, NULL, DAYS(4) - 4, {"type", "call"}, {"subject", "Kitchen drain, today at 4"}, {"outcome", "booked"}, {"duration_seconds", "130"},
		{"lead_id", "kevin"}),
	ADD(activity, NULL, DAYS(2) - 4, {"type", "call"}, {"subject", "Measures tomorrow morning"}, {"outcome", "booked"}, {"duration_seconds", "310"},
		{"lead_id", "denise"}),
	ADD(activity, NULL, HOURS(29), {"type", "sms"}, {"subject", "Photo of the thermostat received"}, {"lead_id", "jamal"}),
	ADD(activity, NULL, HOURS(26) - 7, {"type", "call"}, {"subject", "No answer, left a voicemail"}, {"outcome", "voicemail"}, {"duration_seconds", "35"},
		{"lead_id", "priya"}),
	ADD(activity, NULL, HOURS(3) - 3, {"type", "call"}, {"subject", "Shut the main off, we come today"}, {"outcome", "answered"},
		{"duration_seconds", "210"}, {"lead_id", "tom"}),
	ADD(activity, NULL, DAYS(175), {"type", "visit"}, {"subject", "Spring tune-up of the heat pump"}, {"contact_id", "samuel"}, {"duration_seconds", "4200"}),

	/* ---- how the leads moved since; the last one moved stands on top of its column ---- */
	CHANGE(lead, "walter", DAYS(12), {"stage_id", "4"}, {"status", "qualified"}),
	CHANGE(lead, "walter", DAYS(5), {"stage_id", "lost"}, {"lost_reason", "Took a cheaper bid"}),
	CHANGE(lead, "grace", DAYS(11) - 3, {"stage_id", "3"}, {"status", "qualified"}),
	CHANGE(lead, "grace", DAYS(9), {"stage_id", "won"}, {"contact_id", "grace_kim"}, {"converted_at", "now"}),
	CHANGE(lead, "church", DAYS(9), {"stage_id", "2"}, {"status", "contacted"}, {"next_step", "Call the church office again"}, {"next_step_at", "-1 09:00"}),
	CHANGE(lead, "lakeside", DAYS(7), {"stage_id", "3"}, {"status", "qualified"}, {"contact_id", "renee"}),
	CHANGE(lead, "lakeside", DAYS(3), {"stage_id", "4"}, {"status", "qualified"}),
	CHANGE(lead, "harold", DAYS(6) - 20, {"stage_id", "3"}, {"status", "qualified"}),
	CHANGE(lead, "harold", DAYS(2), {"stage_id", "4"}, {"status", "qualified"}, {"next_step", "Ask what he thinks of the estimate"}, {"next_step_at", "soon"}),
	CHANGE(lead, "kevin", DAYS(3), {"stage_id", "won"}, {"contact_id", "kevin_oconnor"}, {"converted_at", "now"}),
	CHANGE(lead, "denise", DAYS(2) - 5, {"stage_id", "3"}, {"status", "qualified"}, {"next_step", "Measure for a 50-gallon heater"}, {"next_step_at", "+1 08:00"}),
	CHANGE(lead, "jamal", HOURS(28), {"stage_id", "3"}, {"status", "qualified"}),
	CHANGE(lead, "priya", HOURS(26) - 8, {"stage_id", "2"}, {"status", "contacted"}),
	CHANGE(lead, "tom", HOURS(3) - 5, {"stage_id", "2"}, {"status", "contacted"}),

	/* ---- notes ---- */
	ADD(note, NULL, DAYS(8), {"body", "Renee decides together with the owner, who is back on the first of the month."}, {"is_pinned", "t"},
		{"lead_id", "lakeside"}),
	ADD(note, NULL, DAYS(6), {"body", "Prefers Lennox. Has a second bid already."}, {"lead_id", "harold"}),
	ADD(note, NULL, HOURS(3), {"body", "Park in the driveway, side door is open."}, {"lead_id", "tom"}),
	ADD(note, NULL, DAYS(9), {"body", "Recommended us to her neighbour. Send a thank-you card."}, {"contact_id", "grace_kim"}),
	ADD(note, NULL, DAYS(170), {"body", "Heat pump is loud at start, watch the compressor at the next visit."}, {"contact_id", "samuel"}),

	/* ---- tasks ---- */
	ADD(task, NULL, DAYS(2), {"title", "Call the church office again"}, {"kind", "call"}, {"due_at", "-1 09:00"}, {"priority", "high"}, {"lead_id", "church"},
		{"assignee_id", "me"}),
	ADD(task, NULL, HOURS(26), {"title", "Try Priya Nair once more"}, {"kind", "call"}, {"due_at", "-1 17:00"}, {"lead_id", "priya"}, {"assignee_id", "me"}),
	ADD(task, NULL, HOURS(3), {"title", "Bring a 1/2 inch shut-off valve"}, {"kind", "visit"}, {"due_at", "soon"}, {"priority", "high"}, {"lead_id", "tom"},
		{"assignee_id", "me"}),
	ADD(task, NULL, DAYS(2), {"title", "Ask Harold about the estimate"}, {"kind", "call"}, {"due_at", "soon"}, {"lead_id", "harold"}, {"assignee_id", "me"}),
	ADD(task, NULL, DAYS(2), {"title", "Measure for the water heater"}, {"kind", "visit"}, {"due_at", "+1 08:00"}, {"lead_id", "denise"},
		{"assignee_id", "me"}),
	ADD(task, NULL, DAYS(3), {"title", "Answer Renee's questions about the contract"}, {"kind", "email"}, {"due_at", "+1 10:00"}, {"lead_id", "lakeside"},
		{"assignee_id", "me"}),
	ADD(task, NULL, DAYS(20), {"title", "Offer Samuel a new warranty before his ends"}, {"kind", "call"}, {"due_at", "+5 09:30"}, {"contact_id", "samuel"},
		{"assignee_id", "me"}),
	ADD(task, "card", DAYS(9), {"title", "Send Grace a thank-you card"}, {"due_at", "-7 12:00"}, {"priority", "low"}, {"contact_id", "grace_kim"},
		{"assignee_id", "me"}),
	CHANGE(task, "card", DAYS(7), {"status", "done"}),
};
/* clang-format on */
const size_t sample_rows_count = COUNT_OF(sample_rows);
