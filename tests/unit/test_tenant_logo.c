/* Logos: every kind of PNG and JPEG in, a small PNG out; bombs, polyglots and broken files are refused and cost the child only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <sys/resource.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/tenant/logo.h"
#include "lib/tenant/logo_decode.h"
#include "tests/support/pictures.h"

static struct arena *arena;

static int start(void **state)
{
	(void)state;
	arena = arena_new(64 << 20);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* ---- looking at the result ---- */

struct picture {
	uint32_t width, height;
	uint8_t *rgba;
};

static struct picture look(struct str png)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	struct picture picture;

	assert_true(png_image_begin_read_from_memory(&image, png.p, png.n));
	image.format = PNG_FORMAT_RGBA;
	picture = (struct picture){image.width, image.height, arena_alloc(arena, PNG_IMAGE_SIZE(image))};
	assert_true(png_image_finish_read(&image, NULL, picture.rgba, 0, NULL));
	return picture;
}

static const uint8_t *pixel(const struct picture *picture, uint32_t x, uint32_t y)
{
	return picture->rgba + ((size_t)y * picture->width + x) * 4;
}

static struct picture accept_logo(struct str bytes)
{
	struct errors *errors = errors_new(arena);
	struct str png;
	enum err err = logo_accept(arena, bytes, errors, &png);

	if (err)
		fail_msg("refused (%d): %.*s", (int)err,
			 STR_FMT_ARG(errors_any(errors) ? errors_first(errors)->message : STR("busy")));
	return look(png);
}

static const char *refusal(struct str bytes)
{
	struct errors *errors = errors_new(arena);
	struct str png;

	assert_int_equal(logo_accept(arena, bytes, errors, &png), E_INVALID);
	assert_non_null(errors_for(errors, "logo"));
	return errors_for(errors, "logo")->code;
}

/* ---- what is accepted ---- */

static void every_kind_of_png_is_read(void **state)
{
	static const struct png_kind kinds[] = {
		{PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_NONE, false},
		{PNG_COLOR_TYPE_RGB, 16, PNG_INTERLACE_NONE, false},
		{PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_ADAM7, false},
		{PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE, false},
		{PNG_COLOR_TYPE_GRAY, 2, PNG_INTERLACE_ADAM7, false},
		{PNG_COLOR_TYPE_GRAY, 4, PNG_INTERLACE_NONE, false},
		{PNG_COLOR_TYPE_GRAY, 8, PNG_INTERLACE_NONE, false},
		{PNG_COLOR_TYPE_GRAY, 16, PNG_INTERLACE_ADAM7, false},
		{PNG_COLOR_TYPE_PALETTE, 1, PNG_INTERLACE_NONE, false},
		{PNG_COLOR_TYPE_PALETTE, 8, PNG_INTERLACE_ADAM7, false},
		{PNG_COLOR_TYPE_PALETTE, 8, PNG_INTERLACE_NONE, true},
		{PNG_COLOR_TYPE_RGB_ALPHA, 8, PNG_INTERLACE_NONE, false},
		{PNG_COLOR_TYPE_RGB_ALPHA, 16, PNG_INTERLACE_ADAM7, false},
		{PNG_COLOR_TYPE_GRAY_ALPHA, 8, PNG_INTERLACE_NONE, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct picture p = accept_logo(make_png(arena, 64, 32, kinds[i]));
		bool alpha = kinds[i].transparent || (kinds[i].color & PNG_COLOR_MASK_ALPHA);

		assert_int_equal(p.width, 64);
		assert_int_equal(p.height, 32);
		assert_true(pixel(&p, 60, 16)[0] > 200 && pixel(&p, 60, 16)[3] == 255);
		if (alpha)
			assert_int_equal(pixel(&p, 3, 16)[3], 0);
		else
			assert_true(pixel(&p, 3, 16)[0] < 40 && pixel(&p, 3, 16)[3] == 255);
	}
}

static void every_kind_of_jpeg_is_read(void **state)
{
	static const struct jpeg_kind kinds[] = {
		{JCS_RGB, 3, false},      {JCS_RGB, 3, true},   {JCS_GRAYSCALE, 1, false},
		{JCS_GRAYSCALE, 1, true}, {JCS_CMYK, 4, false}, {JCS_CMYK, 4, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct picture p = accept_logo(make_jpeg(arena, 64, 32, kinds[i]));

		assert_int_equal(p.width, 64);
		assert_int_equal(p.height, 32);
		assert_true(pixel(&p, 3, 16)[0] < 40);
		assert_true(pixel(&p, 60, 16)[0] > 215);
		assert_int_equal(pixel(&p, 60, 16)[3], 255);
	}
}

static void large_pictures_are_scaled_to_fit_and_keep_their_proportions(void **state)
{
	static const struct {
		uint32_t width, height, out_width, out_height;
	} cases[] = {{512, 512, 512, 512},   {513, 100, 512, 100},   {1024, 768, 512, 384}, {300, 3000, 51, 512},
		     {4000, 4000, 512, 512}, {16000, 1000, 512, 32}, {8000, 1, 512, 1},     {1, 1, 1, 1}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct picture p = accept_logo(make_png(arena, cases[i].width, cases[i].height,
							(struct png_kind){PNG_COLOR_TYPE_GRAY, 8, 0, false}));

		assert_int_equal(p.width, cases[i].out_width);
		assert_int_equal(p.height, cases[i].out_height);
	}
}

/* The dearest ways to be within the limits: all rows, or all coefficients, in memory at once. */
static void sixteen_megapixels_fit_the_childs_memory(void **state)
{
	(void)state;
	assert_int_equal(
		accept_logo(make_png(arena, 4000, 4000,
				     (struct png_kind){PNG_COLOR_TYPE_RGB_ALPHA, 8, PNG_INTERLACE_ADAM7, false}))
			.width,
		512);
	assert_int_equal(accept_logo(make_jpeg(arena, 4000, 4000, (struct jpeg_kind){JCS_RGB, 3, true})).width, 512);
	assert_int_equal(accept_logo(make_jpeg(arena, 4000, 4000, (struct jpeg_kind){JCS_CMYK, 4, true})).width, 512);
}

static void scaling_averages_areas_and_ignores_what_is_transparent(void **state)
{
	uint8_t row[4 * 4] = {200, 0, 0, 255, 0, 0, 0, 0, 100, 100, 100, 255, 0, 0, 0, 255};
	struct logo_scaler *scaler = logo_scaler_new(4, 2, 2);
	const uint8_t *result;
	uint32_t width, height;

	(void)state;
	logo_scaler_row(scaler, row);
	logo_scaler_row(scaler, row);
	logo_scaler_row(scaler, row); /* one too many is ignored */
	result = logo_scaler_result(scaler, &width, &height);
	assert_int_equal(width, 2);
	assert_int_equal(height, 1);
	assert_int_equal(result[0], 200); /* not darkened by its transparent neighbour */
	assert_int_equal(result[3], 128);
	assert_int_equal(result[4], 50);
	assert_int_equal(result[7], 255);
	logo_scaler_free(scaler);
}

static void a_scaled_flat_colour_stays_flat(void **state)
{
	static const uint32_t sizes[] = {513, 600, 777, 1023, 1025, 3001};
	uint8_t row[3001 * 4];

	(void)state;
	for (size_t i = 0; i < sizeof(row); i++)
		row[i] = i % 4 == 3 ? 255 : 90;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct logo_scaler *scaler = logo_scaler_new(sizes[i], 7, 512);
		const uint8_t *result;
		uint32_t width, height;

		for (int y = 0; y < 7; y++)
			logo_scaler_row(scaler, row);
		result = logo_scaler_result(scaler, &width, &height);
		for (size_t p = 0; p < (size_t)width * height * 4; p++)
			assert_int_equal(result[p], p % 4 == 3 ? 255 : 90);
		logo_scaler_free(scaler);
	}
}

/* ---- what is refused ---- */

static void a_pixel_bomb_is_refused_by_its_header(void **state)
{
	struct str bomb =
		make_png(arena, 30000, 30000, (struct png_kind){PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE, false});
	struct rusage usage;
	int64_t began = clock_monotonic();

	(void)state;
	assert_true(bomb.n < LOGO_MOST_BYTES);
	assert_string_equal(refusal(bomb), "too_many_pixels");
	assert_true(clock_monotonic() - began < 2 * MICROSECONDS_PER_SECOND);
	getrusage(RUSAGE_CHILDREN, &usage);
	assert_true(usage.ru_maxrss < 400 * 1024); /* kilobytes; what the children had in the tests before counts too */
	assert_string_equal(refusal(make_png(arena, 4001, 4000,
					     (struct png_kind){PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE, false})),
			    "too_many_pixels");
	assert_string_equal(refusal(make_jpeg(arena, 4001, 4000, (struct jpeg_kind){JCS_GRAYSCALE, 1, false})),
			    "too_many_pixels");
}

static void what_is_neither_png_nor_jpeg_is_refused(void **state)
{
	static const char *const files[] = {"GIF89a\1\0\1\0",
					    "RIFF\1\1\1\1WEBPVP8 ",
					    "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
					    "BM......",
					    "%PDF-1.7",
					    "<html>",
					    "\x89PNG\r\n",
					    "\x89PNG\n\x1a\n\r\n",
					    "\xff\xd8",
					    "PK\3\4"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++)
		assert_string_equal(refusal(str_from(files[i])), "type");
	assert_string_equal(refusal(STR_NONE), "empty");
}

static void a_file_over_two_megabytes_is_refused_unread(void **state)
{
	char *big = arena_alloc(arena, LOGO_MOST_BYTES + 1);

	(void)state;
	memcpy(big, "\x89PNG\r\n\x1a\n", 8);
	assert_string_equal(refusal((struct str){big, LOGO_MOST_BYTES + 1}), "too_large");
	assert_string_equal(refusal((struct str){big, LOGO_MOST_BYTES}), "broken");
}

static void truncated_files_are_refused(void **state)
{
	struct str files[] = {
		make_png(arena, 64, 64, (struct png_kind){PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_ADAM7, false}),
		make_jpeg(arena, 64, 64, (struct jpeg_kind){JCS_RGB, 3, false}),
		make_jpeg(arena, 64, 64, (struct jpeg_kind){JCS_RGB, 3, true})};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++)
		for (int part = 1; part < 16; part++) {
			struct str cut = {files[i].p, files[i].n * (size_t)part / 16};

			if (cut.n > 8)
				assert_string_equal(refusal(cut), "broken");
		}
}

/* Whatever comes out is a picture or a refusal; never a crash of ours, never a wait. */
static void damaged_files_do_no_harm(void **state)
{
	struct str files[] = {
		make_png(arena, 40, 40, (struct png_kind){PNG_COLOR_TYPE_PALETTE, 8, PNG_INTERLACE_NONE, true}),
		make_jpeg(arena, 40, 40, (struct jpeg_kind){JCS_CMYK, 4, true})};
	uint32_t number = 1;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++)
		for (int round = 0; round < 60; round++) {
			char *bytes = arena_alloc(arena, files[i].n);
			struct str result;
			enum err err;

			memcpy(bytes, files[i].p, files[i].n);
			for (int change = 0; change < 4; change++) {
				number = number * 1103515245 + 12345;
				bytes[8 + (number >> 8) % (files[i].n - 8)] = (char)(number >> 24);
			}
			err = logo_accept(arena, (struct str){bytes, files[i].n}, errors_new(arena), &result);
			assert_true(err == E_INVALID || (err == OK && logo_is_png(result)));
		}
}

static bool holds(struct str bytes, const char *text)
{
	return memmem(bytes.p, bytes.n, text, strlen(text)) != NULL;
}

static void polyglots_and_metadata_come_out_clean(void **state)
{
	struct str png = make_png(arena, 16, 16, (struct png_kind){PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_NONE, false});
	struct str jpeg = make_jpeg(arena, 16, 16, (struct jpeg_kind){JCS_RGB, 3, false});
	struct str both[] = {arena_printf(arena, "%s", ""), jpeg};
	struct buffer polyglot = BUFFER_IN(arena);

	(void)state;
	buffer_add_str(&polyglot, png);
	buffer_add_str(&polyglot, STR("PK\3\4<script>alert(1)</script><?php phpinfo(); ?>"));
	both[0] = buffer_str(&polyglot);
	for (size_t i = 0; i < COUNT_OF(both); i++) {
		struct str out;

		assert_true(holds(both[i], "<script>"));
		assert_int_equal(logo_accept(arena, both[i], errors_new(arena), &out), OK);
		assert_false(holds(out, "<script>"));
		assert_false(holds(out, "Exif"));
		assert_true(logo_is_png(out));
		assert_true(holds((struct str){out.p + out.n - 8, 8}, "IEND"));
	}
}

static void the_worker_keeps_its_descriptors_and_children(void **state)
{
	struct str png = make_png(arena, 8, 8, (struct png_kind){PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_NONE, false});
	FILE *own = tmpfile();
	int before = fileno(own);

	(void)state;
	for (int i = 0; i < 20; i++)
		(void)accept_logo(png);
	assert_int_equal(fputc('x', own), 'x');
	assert_int_equal(fflush(own), 0);
	fclose(own);
	own = tmpfile();
	assert_int_equal(fileno(own), before); /* no descriptor was left open */
	fclose(own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_png_is_read),
		cmocka_unit_test(every_kind_of_jpeg_is_read),
		cmocka_unit_test(large_pictures_are_scaled_to_fit_and_keep_their_proportions),
		cmocka_unit_test(sixteen_megapixels_fit_the_childs_memory),
		cmocka_unit_test(scaling_averages_areas_and_ignores_what_is_transparent),
		cmocka_unit_test(a_scaled_flat_colour_stays_flat),
		cmocka_unit_test(a_pixel_bomb_is_refused_by_its_header),
		cmocka_unit_test(what_is_neither_png_nor_jpeg_is_refused),
		cmocka_unit_test(a_file_over_two_megabytes_is_refused_unread),
		cmocka_unit_test(truncated_files_are_refused),
		cmocka_unit_test(damaged_files_do_no_harm),
		cmocka_unit_test(polyglots_and_metadata_come_out_clean),
		cmocka_unit_test(the_worker_keeps_its_descriptors_and_children),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
