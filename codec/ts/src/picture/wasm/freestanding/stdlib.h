#pragma once
#include <stddef.h>
void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
void free(void *taken);
void qsort(void *items, size_t count, size_t bytes, int (*compare)(const void *, const void *));
