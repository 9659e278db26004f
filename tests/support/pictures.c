#include "tests/support/pictures.h"

#include <stdlib.h>

#include "lib/base/buffer.h"

static void write_bytes(png_structp png, png_bytep bytes, size_t length)
{
	buffer_add(png_get_io_ptr(png), bytes, length);
}

static void flush(png_structp png)
{
	(void)png;
}

struct str make_png(struct arena *arena, uint32_t width, uint32_t height, struct png_kind kind)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	struct buffer out = BUFFER_IN(arena);
	png_color palette[2] = {{10, 20, 30}, {240, 230, 220}};
	png_byte alpha[2] = {0, 255};
	png_bytep row;
	size_t stride;

	png_set_write_fn(png, &out, write_bytes, flush);
	png_set_IHDR(png, info, width, height, kind.depth, kind.color, kind.interlace, PNG_COMPRESSION_TYPE_DEFAULT,
		     PNG_FILTER_TYPE_DEFAULT);
	if (kind.color == PNG_COLOR_TYPE_PALETTE)
		png_set_PLTE(png, info, palette, 2);
	if (kind.transparent)
		png_set_tRNS(png, info, alpha, 2, NULL);
	png_write_info(png, info);
	stride = png_get_rowbytes(png, info);
	row = calloc(1, stride);
	if (kind.color == PNG_COLOR_TYPE_PALETTE) {
		for (size_t i = stride / 2; i < stride; i++)
			row[i] = kind.depth == 1 ? 0xff : 1;
	} else {
		memset(row + stride / 2, 0xff, stride - stride / 2);
	}
	for (int pass = png_set_interlace_handling(png); pass > 0; pass--)
		for (uint32_t y = 0; y < height; y++)
			png_write_row(png, row);
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	free(row);
	return buffer_str(&out);
}

struct str make_jpeg(struct arena *arena, uint32_t width, uint32_t height, struct jpeg_kind kind)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	unsigned char *bytes = NULL;
	unsigned long length = 0;
	size_t stride = (size_t)width * (size_t)kind.components;
	JSAMPROW row = malloc(stride);
	struct str copy;

	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &bytes, &length);
	jpeg.image_width = width;
	jpeg.image_height = height;
	jpeg.input_components = kind.components;
	jpeg.in_color_space = kind.space;
	jpeg_set_defaults(&jpeg);
	if (kind.progressive)
		jpeg_simple_progression(&jpeg);
	jpeg_start_compress(&jpeg, TRUE);
	jpeg_write_marker(&jpeg, JPEG_APP0 + 1, (const JOCTET *)"Exif\0\0<script>alert(1)</script>", 31);
	memset(row, 0, stride / 2);
	memset(row + stride / 2, 0xff, stride - stride / 2);
	while (jpeg.next_scanline < height)
		jpeg_write_scanlines(&jpeg, &row, 1);
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	free(row);
	copy = arena_copy(arena, (struct str){(char *)bytes, length});
	free(bytes);
	return copy;
}
