/*
 * The inside of the child that decodes a logo: bytes of a stranger in, a small PNG out. Runs under limits and may die; nothing here is called in
 * the worker itself.
 */
#ifndef DEMAND_LOGO_DECODE_H
#define DEMAND_LOGO_DECODE_H

#include "lib/base/base.h"

enum logo_verdict {
	LOGO_FINE = 1,
	LOGO_BROKEN,    /* not decodable */
	LOGO_TOO_LARGE, /* too many pixels, seen in the header before decoding */
	LOGO_NO_MEMORY
};

bool logo_is_png(struct str bytes);
bool logo_is_jpeg(struct str bytes);

/* Rows of 8-bit RGBA, from the top. */
struct logo_scaler;
/* NULL: no memory. The result fits edge x edge, keeps the proportions and is never larger than the picture. */
struct logo_scaler *logo_scaler_new(uint32_t width, uint32_t height, uint32_t edge);
void logo_scaler_row(struct logo_scaler *, const uint8_t *rgba);
/* After the last row: the small picture. Lives as long as the scaler. */
const uint8_t *logo_scaler_result(struct logo_scaler *, uint32_t *width, uint32_t *height);
void logo_scaler_free(struct logo_scaler *);

enum logo_verdict logo_read_png(struct str bytes, uint64_t most_pixels, uint32_t edge, struct logo_scaler **out);
enum logo_verdict logo_read_jpeg(struct str bytes, uint64_t most_pixels, uint32_t edge, struct logo_scaler **out);
/* *out is malloc'd. RGB where no pixel is transparent. */
enum logo_verdict logo_write_png(const uint8_t *rgba, uint32_t width, uint32_t height, uint8_t **out, size_t *length);

#endif
