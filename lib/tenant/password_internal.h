/* The lists behind password_acceptable. Both are sorted for bsearch(3). */
#ifndef DEMAND_PASSWORD_INTERNAL_H
#define DEMAND_PASSWORD_INTERNAL_H

#include "lib/base/base.h"

extern const char *const common_passwords[];
extern const size_t common_password_count;
extern const char *const common_words[];
extern const size_t common_word_count;

#endif
