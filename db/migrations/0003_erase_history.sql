-- What is deleted for ever takes its history along: it holds what people had written down about a person.
GRANT DELETE ON record_changes TO demand_app, demand_jobs;
