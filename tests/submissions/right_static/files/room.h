/* Static room that grows and is never given back, and what is kept in it. */
#ifndef ROOM_H
#define ROOM_H

#include "homework.h"

enum { ROOM_A, ROOM_B, ROOM_C, ROOM_D, ROOMS };

/* At least `count` numbers, the same ones at every call unless more are asked for. */
double *room(int which, long count);

/* A picture with a border.  `kind` says what the border shows. */
enum { BORDER_ZERO, BORDER_MIRROR, BORDER_MIRROR_TWICE, BORDER_WRAP };
/* Which place of a line of `size` is shown at `place`; -1: none. */
int border_place(int kind, int place, int size);
/* Lays `picture` (h x w) out into `large`, with so much border on each side. */
void border_lay(int kind, const double *picture, int h, int w, int top, int bottom, int left,
                int right, double *large);
/* The way back: adds what is in `large` to the places that were shown there. */
void border_fold(int kind, double *picture, int h, int w, int top, int bottom, int left, int right,
                 const double *large);

/* out[i][j] += sum of in[i s + u d][j s + v d] k[u][v]; `in` is `width` wide. */
void plane_add(const double *in, int width, const double *k, int kh, int kw, int s, int d,
               double *out, int oh, int ow);
/* in += what comes back from out, k += the same. */
void plane_back(double *din, const double *in, int width, double *dk, const double *k, int kh,
                int kw, int s, int d, const double *out, int oh, int ow);

#endif
