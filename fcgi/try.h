/* Leave a handler with the first error. */
#ifndef DEMAND_TRY_H
#define DEMAND_TRY_H

#define TRY(call)                                                                                                      \
	do {                                                                                                           \
		enum err error_ = (call);                                                                              \
		if (error_ != OK)                                                                                      \
			return error_;                                                                                 \
	} while (0)

#endif
