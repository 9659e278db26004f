/* Pictures for tests: every kind of PNG and JPEG, left half dark, right half light. */
#ifndef DEMAND_PICTURES_H
#define DEMAND_PICTURES_H

#include <stdio.h> /* jpeglib.h needs FILE */

#include <jpeglib.h>
#include <png.h>

#include "lib/base/arena.h"

struct png_kind {
	int color, depth, interlace;
	bool transparent; /* a tRNS chunk */
};
struct str make_png(struct arena *, uint32_t width, uint32_t height, struct png_kind);

struct jpeg_kind {
	J_COLOR_SPACE space;
	int components;
	bool progressive;
};
/* With an EXIF segment that holds a script. */
struct str make_jpeg(struct arena *, uint32_t width, uint32_t height, struct jpeg_kind);

#endif
