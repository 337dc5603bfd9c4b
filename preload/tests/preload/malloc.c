/* An allocator whose every piece of memory is a mapping, to be preloaded: with it any program
 * calls mmap, mremap and munmap, from its first moment on and from all of its threads.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* Before each piece. */
struct head {
	size_t mapped; /* From `start` on. */
	void *start;
	size_t size;
	size_t padding;
};

#define HEAD sizeof(struct head)

static struct head *head(void *piece)
{
	return (struct head *)piece - 1;
}

static void *allocate(size_t align, size_t size)
{
	size_t mapped = size + align + HEAD;
	char *start, *piece;

	if (mapped < size) {
		errno = ENOMEM;
		return NULL;
	}
	start = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED)
		return NULL;
	piece = start + HEAD;
	piece += -(uintptr_t)piece & (align - 1);
	*head(piece) = (struct head){ mapped, start, size, 0 };
	return piece;
}

void *malloc(size_t size)
{
	return allocate(16, size);
}

void *calloc(size_t count, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(count, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return allocate(16, all);
}

void free(void *piece)
{
	int before = errno;

	if (piece)
		munmap(head(piece)->start, head(piece)->mapped);
	errno = before;
}

void *realloc(void *piece, size_t size)
{
	struct head old;
	size_t offset;
	char *start;

	if (!piece)
		return malloc(size);
	old = *head(piece);
	offset = (char *)piece - (char *)old.start;
	if (offset + size < size) {
		errno = ENOMEM;
		return NULL;
	}
	start = mremap(old.start, old.mapped, offset + size, MREMAP_MAYMOVE);
	if (start == MAP_FAILED)
		return NULL;
	piece = start + offset;
	*head(piece) = (struct head){ offset + size, start, size, 0 };
	return piece;
}

void *memalign(size_t align, size_t size)
{
	return allocate(align < 16 ? 16 : align, size);
}

void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

int posix_memalign(void **piece, size_t align, size_t size)
{
	int before = errno;
	void *got = memalign(align, size);

	errno = before;
	if (!got)
		return ENOMEM;
	*piece = got;
	return 0;
}

size_t malloc_usable_size(void *piece)
{
	return piece ? head(piece)->size : 0;
}
