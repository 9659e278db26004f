-- A task of every month's 31st is on the 28th of February, and on the 31st of March again: the day it should be on, where its month has none such.
ALTER TABLE tasks ADD repeat_day integer CHECK (repeat_day BETWEEN 29 AND 31);
