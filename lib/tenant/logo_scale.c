#include <stdlib.h>

#include "lib/tenant/logo_decode.h"

/*
 * Area averaging, one source row at a time. In units of 1/out a source pixel is `out` wide and a result pixel `in` wide, so every overlap is a whole
 * number and the weights of one result pixel sum to in_width * in_height. Colours are weighted by alpha, so that a transparent edge does not bleed.
 */
struct axis {
	uint32_t in, out;
};

struct logo_scaler {
	struct axis x, y;
	uint32_t row;   /* of the source */
	uint64_t *line; /* one row scaled across: 4 sums a pixel */
	uint64_t *sums; /* the whole result */
	uint8_t *result;
};

/* The first result pixel that source pixel `at` falls on, and how much of it; the rest falls on the next. */
static uint32_t overlap(struct axis axis, uint32_t at, uint32_t *weight)
{
	uint64_t start = (uint64_t)at * axis.out;
	uint32_t first = (uint32_t)(start / axis.in);
	uint64_t room = (uint64_t)(first + 1) * axis.in - start;

	*weight = room < axis.out ? (uint32_t)room : axis.out;
	return first;
}

static uint32_t scaled(uint32_t length, uint32_t longest, uint32_t edge)
{
	uint64_t out = longest <= edge ? length : ((uint64_t)length * edge + longest / 2) / longest;

	return out ? (uint32_t)out : 1;
}

struct logo_scaler *logo_scaler_new(uint32_t width, uint32_t height, uint32_t edge)
{
	struct logo_scaler *scaler = calloc(1, sizeof(*scaler));
	uint32_t longest = width > height ? width : height;
	size_t pixels;

	if (!scaler)
		return NULL;
	scaler->x = (struct axis){width, scaled(width, longest, edge)};
	scaler->y = (struct axis){height, scaled(height, longest, edge)};
	pixels = (size_t)scaler->x.out * scaler->y.out;
	scaler->line = calloc((size_t)scaler->x.out * 4, sizeof(*scaler->line));
	scaler->sums = calloc(pixels * 4, sizeof(*scaler->sums));
	scaler->result = calloc(pixels, 4);
	if (!scaler->line || !scaler->sums || !scaler->result) {
		logo_scaler_free(scaler);
		return NULL;
	}
	return scaler;
}

void logo_scaler_free(struct logo_scaler *scaler)
{
	if (!scaler)
		return;
	free(scaler->line);
	free(scaler->sums);
	free(scaler->result);
	free(scaler);
}

static void add_pixel(uint64_t *sums, const uint8_t *rgba, uint32_t weight)
{
	uint64_t alpha = (uint64_t)rgba[3] * weight;

	for (int i = 0; i < 3; i++)
		sums[i] += rgba[i] * alpha;
	sums[3] += alpha;
}

static void add_line(uint64_t *sums, const uint64_t *line, size_t count, uint32_t weight)
{
	for (size_t i = 0; i < count; i++)
		sums[i] += line[i] * weight;
}

void logo_scaler_row(struct logo_scaler *scaler, const uint8_t *rgba)
{
	size_t count = (size_t)scaler->x.out * 4;
	uint32_t weight, first;

	if (scaler->row >= scaler->y.in)
		return;
	memset(scaler->line, 0, count * sizeof(*scaler->line));
	for (uint32_t x = 0; x < scaler->x.in; x++) {
		first = overlap(scaler->x, x, &weight);
		add_pixel(&scaler->line[(size_t)first * 4], rgba + (size_t)x * 4, weight);
		if (weight < scaler->x.out)
			add_pixel(&scaler->line[(size_t)(first + 1) * 4], rgba + (size_t)x * 4, scaler->x.out - weight);
	}
	first = overlap(scaler->y, scaler->row, &weight);
	add_line(&scaler->sums[first * count], scaler->line, count, weight);
	if (weight < scaler->y.out)
		add_line(&scaler->sums[(first + 1) * count], scaler->line, count, scaler->y.out - weight);
	scaler->row++;
}

const uint8_t *logo_scaler_result(struct logo_scaler *scaler, uint32_t *width, uint32_t *height)
{
	uint64_t area = (uint64_t)scaler->x.in * scaler->y.in;

	*width = scaler->x.out;
	*height = scaler->y.out;
	for (size_t i = 0; i < (size_t)*width * *height; i++) {
		const uint64_t *sums = &scaler->sums[i * 4];
		uint8_t *pixel = &scaler->result[i * 4];

		for (int c = 0; c < 3; c++)
			pixel[c] = (uint8_t)(sums[3] ? (sums[c] + sums[3] / 2) / sums[3] : 0);
		pixel[3] = (uint8_t)((sums[3] + area / 2) / area);
	}
	return scaler->result;
}
