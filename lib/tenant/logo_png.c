#include <png.h>
#include <stdlib.h>

#include "lib/tenant/logo_decode.h"

bool logo_is_png(struct str bytes)
{
	return bytes.n >= 8 && memcmp(bytes.p, "\x89PNG\r\n\x1a\n", 8) == 0;
}

/* What longjmp passes over is in here, never in a local variable. */
struct reading {
	struct str rest;
	png_structp png;
	png_infop info;
	uint8_t *row;
	uint8_t *picture; /* interlaced only: all rows */
	struct logo_scaler *scaler;
};

static NORETURN void fail(png_structp png, png_const_charp message)
{
	(void)message;
	longjmp(png_jmpbuf(png), 1);
}

static void ignore(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void read_bytes(png_structp png, png_bytep out, size_t length)
{
	struct str *rest = png_get_io_ptr(png);

	if (length > rest->n)
		png_error(png, "truncated");
	memcpy(out, rest->p, length);
	rest->p += length;
	rest->n -= length;
}

/* Whatever the file holds becomes 8-bit RGBA. */
static void to_rgba(struct reading *r)
{
	png_set_expand(r->png); /* palette, 1 to 4 bits, tRNS */
	png_set_scale_16(r->png);
	png_set_gray_to_rgb(r->png);
	png_set_add_alpha(r->png, 0xff, PNG_FILLER_AFTER);
}

static enum logo_verdict read_rows(struct reading *r, uint32_t width, uint32_t height)
{
	int passes = png_set_interlace_handling(r->png);
	size_t stride = (size_t)width * 4;

	png_read_update_info(r->png, r->info);
	if (png_get_rowbytes(r->png, r->info) != stride)
		return LOGO_BROKEN;
	if (passes > 1) {
		r->picture = calloc(height, stride);
		if (!r->picture)
			return LOGO_NO_MEMORY;
		while (passes--)
			for (size_t y = 0; y < height; y++)
				png_read_row(r->png, r->picture + y * stride, NULL);
		for (size_t y = 0; y < height; y++)
			logo_scaler_row(r->scaler, r->picture + y * stride);
		return LOGO_FINE;
	}
	r->row = malloc(stride);
	if (!r->row)
		return LOGO_NO_MEMORY;
	for (uint32_t y = 0; y < height; y++) {
		png_read_row(r->png, r->row, NULL);
		logo_scaler_row(r->scaler, r->row);
	}
	return LOGO_FINE;
}

static enum logo_verdict read_picture(struct reading *r, uint64_t most_pixels, uint32_t edge)
{
	uint32_t width, height;

	if (setjmp(png_jmpbuf(r->png)))
		return LOGO_BROKEN;
	png_set_read_fn(r->png, &r->rest, read_bytes);
	png_set_user_limits(r->png, 0x7fffffff, 0x7fffffff); /* the number of pixels decides, just below */
	png_set_chunk_cache_max(r->png, 16);
	png_set_chunk_malloc_max(r->png, 4 * 1024 * 1024);
	png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
	png_read_info(r->png, r->info);
	width = png_get_image_width(r->png, r->info);
	height = png_get_image_height(r->png, r->info);
	if ((uint64_t)width * height > most_pixels)
		return LOGO_TOO_LARGE;
	to_rgba(r);
	r->scaler = logo_scaler_new(width, height, edge);
	return r->scaler ? read_rows(r, width, height) : LOGO_NO_MEMORY;
}

enum logo_verdict logo_read_png(struct str bytes, uint64_t most_pixels, uint32_t edge, struct logo_scaler **out)
{
	struct reading r = {.rest = bytes};
	enum logo_verdict verdict = LOGO_NO_MEMORY;

	r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, fail, ignore);
	r.info = r.png ? png_create_info_struct(r.png) : NULL;
	if (r.info)
		verdict = read_picture(&r, most_pixels, edge);
	png_destroy_read_struct(&r.png, &r.info, NULL);
	free(r.row);
	free(r.picture);
	if (verdict == LOGO_FINE)
		*out = r.scaler;
	else
		logo_scaler_free(r.scaler);
	return verdict;
}

/* ---- write ---- */

struct writing {
	uint8_t *bytes;
	size_t length, capacity;
};

static void write_bytes(png_structp png, png_bytep bytes, size_t length)
{
	struct writing *w = png_get_io_ptr(png);

	if (length > w->capacity - w->length) {
		size_t capacity = (w->capacity + length) * 2;
		uint8_t *grown = realloc(w->bytes, capacity);

		if (!grown)
			png_error(png, "no memory");
		w->bytes = grown;
		w->capacity = capacity;
	}
	memcpy(w->bytes + w->length, bytes, length);
	w->length += length;
}

static void flush(png_structp png)
{
	(void)png;
}

static bool is_opaque(const uint8_t *rgba, size_t pixels)
{
	for (size_t i = 0; i < pixels; i++)
		if (rgba[i * 4 + 3] != 0xff)
			return false;
	return true;
}

static bool write_picture(png_structp png, png_infop info, struct writing *w, const uint8_t *rgba, uint32_t width,
			  uint32_t height, bool rgb)
{
	if (setjmp(png_jmpbuf(png)))
		return false;
	png_set_write_fn(png, w, write_bytes, flush);
	png_set_IHDR(png, info, width, height, 8, rgb ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	if (rgb)
		png_set_filler(png, 0, PNG_FILLER_AFTER);
	for (uint32_t y = 0; y < height; y++)
		png_write_row(png, rgba + (size_t)y * width * 4);
	png_write_end(png, NULL);
	return true;
}

enum logo_verdict logo_write_png(const uint8_t *rgba, uint32_t width, uint32_t height, uint8_t **out, size_t *length)
{
	struct writing w = {NULL, 0, 0};
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, fail, ignore);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	bool written =
		info && write_picture(png, info, &w, rgba, width, height, is_opaque(rgba, (size_t)width * height));

	png_destroy_write_struct(&png, &info);
	if (!written) {
		free(w.bytes);
		return LOGO_NO_MEMORY;
	}
	*out = w.bytes;
	*length = w.length;
	return LOGO_FINE;
}
