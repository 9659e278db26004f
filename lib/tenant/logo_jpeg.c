#include <stdio.h> /* jpeglib.h needs FILE */

#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>
#include <stdlib.h>

#include "lib/tenant/logo_decode.h"

/* A progressive file can ask for the same picture to be worked through again and again. */
#define SCANS_MOST 200

bool logo_is_jpeg(struct str bytes)
{
	return bytes.n >= 3 && memcmp(bytes.p, "\xff\xd8\xff", 3) == 0;
}

struct reading {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf landing;
	bool no_memory;
	uint8_t *row, *rgba;
	struct logo_scaler *scaler;
};

static NORETURN void fail(j_common_ptr jpeg)
{
	struct reading *r = jpeg->client_data;

	r->no_memory = r->errors.msg_code == JERR_OUT_OF_MEMORY;
	longjmp(r->landing, 1);
}

/* libjpeg paints over what is missing and goes on; a logo that is cut off is better refused. Other warnings are about harmless oddities. */
static void complain(j_common_ptr jpeg, int level)
{
	int code = jpeg->err->msg_code;

	if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE))
		fail(jpeg);
}

static void say_nothing(j_common_ptr jpeg)
{
	(void)jpeg;
}

static void watch(j_common_ptr jpeg)
{
	const struct reading *r = jpeg->client_data;

	if (r->jpeg.input_scan_number > SCANS_MOST)
		fail(jpeg);
}

/* Adobe writes CMYK inverted, as everybody who writes CMYK does: 255 is no ink. */
static void row_to_rgba(const struct reading *r, uint32_t width)
{
	const uint8_t *in = r->row;
	bool inverted = r->jpeg.saw_Adobe_marker;

	for (uint32_t x = 0; x < width; x++) {
		uint8_t *out = r->rgba + (size_t)x * 4;

		if (r->jpeg.out_color_space == JCS_CMYK) {
			for (int c = 0; c < 3; c++) {
				unsigned ink = inverted ? in[c] : 255u - in[c], black = inverted ? in[3] : 255u - in[3];

				out[c] = (uint8_t)(ink * black / 255);
			}
			in += 4;
		} else {
			memcpy(out, in, 3);
			in += 3;
		}
		out[3] = 0xff;
	}
}

static enum logo_verdict read_rows(struct reading *r, uint32_t edge)
{
	uint32_t width = r->jpeg.output_width, height = r->jpeg.output_height;
	size_t components = r->jpeg.out_color_space == JCS_CMYK ? 4 : 3;
	JSAMPROW rows[1];

	if (r->jpeg.output_components != (int)components)
		return LOGO_BROKEN;
	r->scaler = logo_scaler_new(width, height, edge);
	r->row = malloc(width * components);
	r->rgba = malloc((size_t)width * 4);
	if (!r->scaler || !r->row || !r->rgba)
		return LOGO_NO_MEMORY;
	rows[0] = r->row;
	while (r->jpeg.output_scanline < height) {
		if (jpeg_read_scanlines(&r->jpeg, rows, 1) != 1)
			return LOGO_BROKEN;
		row_to_rgba(r, width);
		logo_scaler_row(r->scaler, r->rgba);
	}
	return LOGO_FINE;
}

static enum logo_verdict read_picture(struct reading *r, struct str bytes, uint64_t most_pixels, uint32_t edge)
{
	if (setjmp(r->landing))
		return r->no_memory ? LOGO_NO_MEMORY : LOGO_BROKEN;
	jpeg_create_decompress(&r->jpeg);
	r->jpeg.progress = &r->progress;
	jpeg_mem_src(&r->jpeg, (const unsigned char *)bytes.p, bytes.n);
	if (jpeg_read_header(&r->jpeg, TRUE) != JPEG_HEADER_OK)
		return LOGO_BROKEN;
	if ((uint64_t)r->jpeg.image_width * r->jpeg.image_height > most_pixels)
		return LOGO_TOO_LARGE;
	r->jpeg.out_color_space = r->jpeg.num_components == 4 ? JCS_CMYK : JCS_RGB;
	if (!jpeg_start_decompress(&r->jpeg))
		return LOGO_BROKEN;
	return read_rows(r, edge);
}

enum logo_verdict logo_read_jpeg(struct str bytes, uint64_t most_pixels, uint32_t edge, struct logo_scaler **out)
{
	struct reading *r = calloc(1, sizeof(*r)); /* not on the stack: longjmp leaves locals undefined */
	enum logo_verdict verdict;

	if (!r)
		return LOGO_NO_MEMORY;
	r->jpeg.err = jpeg_std_error(&r->errors);
	r->jpeg.client_data = r;
	r->errors.error_exit = fail;
	r->errors.emit_message = complain;
	r->errors.output_message = say_nothing;
	r->progress.progress_monitor = watch;
	verdict = read_picture(r, bytes, most_pixels, edge);
	jpeg_destroy_decompress(&r->jpeg);
	if (verdict == LOGO_FINE)
		*out = r->scaler;
	else
		logo_scaler_free(r->scaler);
	free(r->row);
	free(r->rgba);
	free(r);
	return verdict;
}
