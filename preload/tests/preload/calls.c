/* Good and bad calls of <sys/mman.h>, each with its answer, what it left in errno, and what it did.
 *
 * What is printed is the same in every run: addresses are told by where they lie. All of it is
 * compared with a run through the library.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* No call leaves this code: one that succeeds leaves it alone. */
#define UNTOUCHED 77

/* Pages of an area. Around it lie pages that cannot be accessed. */
#define PAGES 8

static size_t page;
static char *area;
static int pipe_ends[2];

/* Allocations, which no call may make. */
extern void *__libc_malloc(size_t);
static volatile long allocations;

void *malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

static void fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(2);
}

/* Where an address lies. */
static const char *where(const void *address)
{
	static char text[40];
	uintptr_t offset = (uintptr_t)address - (uintptr_t)area;

	if (address == MAP_FAILED)
		return "failed";
	if (address == NULL)
		return "null";
	if (offset > PAGES * page)
		return "elsewhere";
	snprintf(text, sizeof text, "+%lx", (long)offset);
	return text;
}

/* A new area for reading and writing, its pages numbered from 1. */
static void fresh(void)
{
	static char *base;
	size_t length = (PAGES + 2) * page;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	if (base)
		munmap(base, length);
	base = mmap(NULL, length, PROT_NONE, flags, -1, 0);
	if (base == MAP_FAILED)
		fail("the area");
	area = base + page;
	if (mprotect(area, PAGES * page, PROT_READ | PROT_WRITE))
		fail("the area's protection");
	for (int number = 0; number < PAGES; number++)
		memset(area + number * page, number + 1, page);
}

/* What is in the first byte of each page, without touching it: the kernel does. */
static void contents(void)
{
	for (int number = 0; number < PAGES; number++) {
		char byte = 0;
		ssize_t got = write(pipe_ends[1], area + number * page, 1);

		if (got == 1 && read(pipe_ends[0], &byte, 1) == 1)
			printf(" %d", byte);
		else
			printf(" %s", errno == EFAULT ? "-" : strerror(errno));
	}
	printf("\n");
}

static const char *names(int code)
{
	return code == UNTOUCHED ? "untouched" : code == 0 ? "0" : strerrorname_np(code);
}

/* A call that answers a number. */
#define NUMBER(call) \
	do { \
		errno = UNTOUCHED; \
		long answer = (call); \
		int code = errno; \
		printf("%s = %ld %s\n", #call, answer, names(code)); \
	} while (0)

/* A call that answers an address. */
#define ADDRESS(call) \
	do { \
		errno = UNTOUCHED; \
		void *answer = (call); \
		int code = errno; \
		printf("%s = %s %s\n", #call, where(answer), names(code)); \
	} while (0)

static void *beyond(size_t pages)
{
	return (void *)-(uintptr_t)(pages * page);
}

/* mmap and mmap64: every combination. */

typedef void *map_function(void *, size_t, int, int, int, off_t);

static void combine(const char *name, map_function *map, const int *fds, size_t fd_count)
{
	size_t lengths[] = { 0, 1, page, 2 * page + 1, (size_t)1 << 48, SIZE_MAX - page, SIZE_MAX };
	int prots[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_WRITE,
		PROT_READ | PROT_EXEC, 0x100 | PROT_READ, -1 };
	int flags[] = { 0, MAP_PRIVATE, MAP_SHARED, MAP_SHARED_VALIDATE, MAP_ANONYMOUS,
		MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS,
		MAP_SHARED_VALIDATE | MAP_ANONYMOUS, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS,
		MAP_SHARED | MAP_FIXED, MAP_PRIVATE | MAP_FIXED_NOREPLACE | MAP_ANONYMOUS,
		MAP_PRIVATE | MAP_POPULATE, MAP_SHARED | MAP_GROWSDOWN | MAP_ANONYMOUS,
		MAP_SHARED | 0x2000000, MAP_SHARED_VALIDATE | 0x2000000,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 15 << 26, 7, 8 | MAP_ANONYMOUS, -1 };
	off_t offsets[] = { 0, 1, page, 1 << 20, INT64_MAX, INT64_MAX - page + 1, -1, -(off_t)page,
		INT64_MIN };
	size_t starts[] = { 1, 2 };

	for (size_t l = 0; l < COUNT(lengths); l++)
	for (size_t p = 0; p < COUNT(prots); p++)
	for (size_t g = 0; g < COUNT(flags); g++)
	for (size_t f = 0; f < fd_count; f++)
	for (size_t o = 0; o < COUNT(offsets); o++)
	for (size_t s = 0; s < COUNT(starts); s++) {
		/* On a page of the area, and next to one. */
		int fixed = flags[g] & (MAP_FIXED | MAP_FIXED_NOREPLACE);
		char *start = fixed || s ? area + page + s : NULL;

		errno = UNTOUCHED;
		void *got = map(start, lengths[l], prots[p], flags[g], fds[f], offsets[o]);
		int code = errno;
		printf("%s l%zu p%zu g%zu f%zu o%zu s%zu = %s %s\n", name, l, p, g, f, o, s,
			where(got), names(code));
		if (got == MAP_FAILED)
			continue;
		errno = UNTOUCHED;
		if (munmap(got, lengths[l]) || errno != UNTOUCHED)
			fail("munmap");
		if (fixed)
			fresh();
	}
}

static void maps(void)
{
	char path[] = "mapped.XXXXXX";
	int file = mkstemp(path);
	char text[3 * 4096];

	memset(text, 'x', sizeof text);
	if (file < 0 || write(file, text, sizeof text) != sizeof text)
		fail("the file");
	int fds[] = { -1, 9999, file, open(path, O_RDONLY), open(path, O_WRONLY),
		open(path, O_PATH), open("/", O_RDONLY), pipe_ends[0] };

	fresh();
	combine("mmap", mmap, fds, COUNT(fds));
	combine("mmap64", mmap64, fds, 3);

	/* What is written through a shared mapping is in the file, and through a private one not. */
	char *shared = mmap64(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	char *private = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	shared[0] = 's';
	private[1] = 'p';
	if (pread(file, text, 2, 0) != 2)
		fail("pread");
	printf("%.2s %.2s %.2s\n", text, shared, private);
	munmap(shared, page);
	munmap(private, page);
	for (size_t f = 2; f < COUNT(fds) - 1; f++)
		close(fds[f]);
	unlink(path);
}

static void unmaps(void)
{
	fresh();
	NUMBER(munmap(area + page, page));
	NUMBER(munmap(area + page, page));
	NUMBER(munmap(area + 3 * page, 1));
	NUMBER(munmap(area + 4 * page, page + 1));
	NUMBER(munmap(area, 0));
	NUMBER(munmap(area + 1, page));
	NUMBER(munmap(area, SIZE_MAX));
	NUMBER(munmap(area, SIZE_MAX - page + 1));
	NUMBER(munmap(beyond(1), page));
	NUMBER(munmap(NULL, 0));
	contents();
}

static void protections(void)
{
	for (int prot = -1; prot < 33; prot++) {
		fresh();
		NUMBER(mprotect(area + page, page, prot));
		contents();
	}
	int prots[] = { 0x100, PROT_READ | PROT_GROWSDOWN, PROT_READ | PROT_GROWSUP,
		PROT_GROWSDOWN | PROT_GROWSUP, INT32_MIN };
	for (size_t p = 0; p < COUNT(prots); p++) {
		NUMBER(mprotect(area + page, page, prots[p]));
		contents();
	}
	NUMBER(mprotect(area, 0, PROT_NONE));
	NUMBER(mprotect(area + 1, page, PROT_NONE));
	NUMBER(mprotect(area, SIZE_MAX, PROT_READ));
	NUMBER(mprotect(beyond(1), page, PROT_READ));
	NUMBER(mprotect(area, 1, PROT_NONE));
	NUMBER(munmap(area + 2 * page, page));
	NUMBER(mprotect(area, PAGES * page, PROT_NONE));
	contents();
}

/* C's prototype has "...", and a caller may end before it. */
static void moves(void)
{
	int flags[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, -1, INT32_MIN };
	size_t sizes[] = { 0, 1, 1, 2, 3 };

	for (size_t g = 0; g < COUNT(flags); g++)
	for (size_t old = 0; old < COUNT(sizes); old++)
	for (size_t new = 0; new < COUNT(sizes); new++)
	for (int to = 0; to < 4; to++) {
		fresh();
		/* Room to grow, from page 4 on. */
		munmap(area + 4 * page, page);
		void *target = to == 0 ? NULL : area + 5 * page;
		target = to == 2 ? area + 5 * page + 1 : to == 3 ? area + 3 * page : target;
		/* As root, the first page of all. */
		if (to == 0 && flags[g] & MREMAP_FIXED)
			continue;
		errno = UNTOUCHED;
		char *got = mremap(area + 3 * page, sizes[old] * page, sizes[new] * page, flags[g],
			target);
		int code = errno;
		printf("mremap g%zu %zu %zu t%d = %s %s;", g, sizes[old], sizes[new], to, where(got),
			names(code));
		contents();
		if (got != MAP_FAILED)
			munmap(got, sizes[new] * page);
	}
	fresh();
	ADDRESS(mremap(area, page, page, 0));
	ADDRESS(mremap(area, PAGES * page, page, 0));
	ADDRESS(mremap(area, page, 3 * page, 0));
	ADDRESS(mremap(area, page, 3 * page, MREMAP_MAYMOVE | 8));
	ADDRESS(mremap(area + 1, page, page, MREMAP_MAYMOVE));
	ADDRESS(mremap(area + page, page, page, MREMAP_MAYMOVE));
	ADDRESS(mremap(beyond(1), page, page, MREMAP_MAYMOVE));
	ADDRESS(mremap(area, SIZE_MAX, page, MREMAP_MAYMOVE));
	ADDRESS(mremap(area, page, SIZE_MAX, MREMAP_MAYMOVE));
	contents();
}

/* What the numbers 100 and 101 do to a page, nothing undoes. */
static int damages(int advice)
{
	return advice == 100 || advice == 101;
}

static void advices(void)
{
	for (int advice = -2; advice < 110; advice++) {
		if (damages(advice))
			continue;
		fresh();
		printf("advice %d\n", advice);
		NUMBER(madvise(area, 2 * page, advice));
		/* Whether a freed page is there still is the kernel's choice. */
		if (advice != MADV_FREE)
			contents();
		NUMBER(madvise(area + 1, page, advice));
		NUMBER(madvise(area, 0, advice));
		NUMBER(madvise(NULL, 0, advice));
		NUMBER(madvise(area, SIZE_MAX, advice));
		NUMBER(madvise(beyond(2), 3 * page, advice));
		char *shared = mmap(NULL, 2 * page, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		NUMBER(madvise(shared, 2 * page, advice));
		munmap(shared + page, page);
		NUMBER(madvise(shared, 2 * page, advice));
		munmap(shared, page);
	}
	NUMBER(madvise(area, page, INT32_MIN));
	NUMBER(madvise(area, page, INT32_MAX));

	for (int advice = -2; advice < 110; advice++) {
		fresh();
		printf("POSIX advice %d\n", advice);
		/* glibc takes any number for the kernel's. */
		if (damages(advice))
			continue;
		NUMBER(posix_madvise(area, 2 * page, advice));
		contents();
		NUMBER(posix_madvise(area + 1, page, advice));
		NUMBER(posix_madvise(area, 0, advice));
		NUMBER(posix_madvise(area, SIZE_MAX, advice));
		munmap(area + page, page);
		NUMBER(posix_madvise(area, 3 * page, advice));
	}
	NUMBER(posix_madvise(area, page, INT32_MIN));
}

static void syncs(void)
{
	int flags[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 0x100, -1, INT32_MIN };

	fresh();
	char *shared = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (size_t g = 0; g < COUNT(flags); g++) {
		NUMBER(msync(shared, 3 * page, flags[g]));
		NUMBER(msync(shared + 1, page, flags[g]));
		NUMBER(msync(area, 0, flags[g]));
		NUMBER(msync(area, SIZE_MAX, flags[g]));
		NUMBER(msync(beyond(1), page, flags[g]));
	}
	NUMBER(mlock(shared, 1));
	NUMBER(msync(shared, page, MS_INVALIDATE));
	NUMBER(msync(shared + page, page, MS_INVALIDATE));
	NUMBER(munlock(shared, 1));
	NUMBER(munmap(shared + page, page));
	NUMBER(msync(shared, 3 * page, MS_SYNC));
	munmap(shared, 3 * page);
}

static void residencies(void)
{
	unsigned char bytes[PAGES + 1];

	fresh();
	memset(bytes, 0xaa, sizeof bytes);
	NUMBER(mincore(area, PAGES * page, bytes));
	for (size_t at = 0; at < COUNT(bytes); at++)
		printf(" %x", bytes[at]);
	printf("\n");
	madvise(area + page, 2 * page, MADV_DONTNEED);
	NUMBER(mincore(area, 3 * page - 1, bytes));
	printf("%x %x %x\n", bytes[0], bytes[1], bytes[2]);
	NUMBER(mincore(area, page, NULL));
	NUMBER(mincore(area, page, (unsigned char *)area - 1));
	NUMBER(mincore(area, page, beyond(1)));
	NUMBER(mincore(area, 0, NULL));
	NUMBER(mincore(area, 0, bytes));
	NUMBER(mincore(area + 1, 0, NULL));
	NUMBER(mincore(area + 1, page, bytes));
	NUMBER(mincore(area, SIZE_MAX, bytes));
	NUMBER(mincore(beyond(1), page, bytes));
	NUMBER(mincore(NULL, page, bytes));
	NUMBER(munmap(area + page, page));
	NUMBER(mincore(area, 2 * page, bytes));
	NUMBER(mincore(area + page, page, bytes));
	/* The answer lies in the range. */
	NUMBER(mincore(area + 4 * page, page, (unsigned char *)area + 4 * page));
	contents();
}

/* Opens, tells the object's size, mode and what the descriptor allows, and closes. */
static void open_object(const char *name, int flags, mode_t mode)
{
	struct stat about;

	errno = UNTOUCHED;
	int fd = shm_open(name, flags, mode);
	int code = errno;
	printf("shm_open(%.20s, %x, %o) = %d %s", name, flags, mode, fd, names(code));
	if (fd >= 0) {
		if (fstat(fd, &about))
			fail("fstat");
		printf("; size %ld mode %o access %x fd %x", (long)about.st_size, about.st_mode,
			fcntl(fd, F_GETFL) & O_ACCMODE, fcntl(fd, F_GETFD));
		printf(" truncate %d\n", ftruncate(fd, 5));
		close(fd);
	} else {
		printf("\n");
	}
}

static void objects(void)
{
	int creation[] = { 0, O_CREAT, O_CREAT | O_EXCL, O_EXCL, O_TRUNC, O_CREAT | O_TRUNC,
		O_NONBLOCK, O_DIRECTORY, O_PATH, 0x40000000 };
	char name[64], other[64], *long_name = calloc(1, 9000);

	/* Of this process alone, but of the same length in every one. */
	snprintf(name, sizeof name, "/mman-preload-%010d", getpid());
	snprintf(other, sizeof other, "//mman-preload-%010d", getpid());
	umask(022);
	for (size_t c = 0; c < COUNT(creation); c++)
		for (int access = 0; access < 4; access++)
			for (mode_t mode = 0; mode <= 07777; mode += 0555) {
				printf("c%zu a%d m%o", c, access, mode);
				errno = UNTOUCHED;
				int fd = shm_open(name, creation[c] | access, mode);
				int code = errno;
				struct stat about = { 0 };
				if (fd >= 0)
					fstat(fd, &about);
				printf(" = %d %s %o %ld %x\n", fd, names(code), about.st_mode,
					(long)about.st_size, fd >= 0 ? fcntl(fd, F_GETFD) : 0);
				close(fd);
				errno = UNTOUCHED;
				int gone = shm_unlink(name);
				printf("shm_unlink = %d %s\n", gone, names(errno));
			}

	open_object("/mman-preload-none", O_RDWR, 0);
	int made = shm_open(name, O_CREAT | O_RDWR, 0600);
	if (made < 0 || ftruncate(made, 3))
		fail("shm_open");
	close(made);
	errno = UNTOUCHED;
	int again = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
	printf("again = %d %s\n", again, names(errno));
	errno = UNTOUCHED;
	again = shm_open(other, O_RDWR, 0);
	printf("with two slashes = %d %s\n", again, names(errno));
	close(again);
	NUMBER(shm_unlink(name));
	NUMBER(shm_unlink(name));

	const char *bad[] = { "", "/", "//", "/.", "/..", "/a/b", "a/b", "/a/" };
	for (size_t n = 0; n < COUNT(bad); n++) {
		open_object(bad[n], O_RDWR, 0600);
		NUMBER(shm_unlink(bad[n]));
	}
	int lengths[] = { 254, 255, 256, 257, 1000, 4094, 4095, 4096, 4097, 8000 };
	for (size_t l = 0; l < COUNT(lengths); l++) {
		memset(long_name, 'n', lengths[l]);
		long_name[0] = '/';
		printf("%d: ", lengths[l]);
		open_object(long_name, O_RDWR, 0600);
		NUMBER(shm_unlink(long_name));
	}
	free(long_name);

	fflush(stdout);
	for (int which = 0; which < 2; which++) {
		int status, child = fork();
		if (child == 0) {
			struct rlimit none = { 0, 0 };
			setrlimit(RLIMIT_CORE, &none);
			char *volatile nothing = NULL;
			if (which == 0)
				shm_open(nothing, O_RDWR, 0);
			else
				shm_unlink(nothing);
			_exit(0);
		}
		waitpid(child, &status, 0);
		printf("without a name: signal %d, exit %d\n", WTERMSIG(status), WEXITSTATUS(status));
	}
}

/* mlockall and munlockall, of a process that has no limit or may lock nothing. */
static void locks(void)
{
	struct rlimit none = { 0, 0 };

	fresh();
	NUMBER(mlock(area, page));
	NUMBER(mlock(area + page + 1, page));
	NUMBER(munlock(area + 1, 1));
	NUMBER(munlock(area, PAGES * page));
	NUMBER(mlock(area, 0));
	NUMBER(munlock(area, 0));
	NUMBER(munlock(area, SIZE_MAX));
	NUMBER(munlock(beyond(1), 2 * page));
	NUMBER(munlock(beyond(1), page));
	NUMBER(munmap(area + page, page));
	NUMBER(mlock(area, 3 * page));
	NUMBER(munlock(area, 3 * page));
	setrlimit(RLIMIT_MEMLOCK, &none);
	NUMBER(mlock(area, page));
	NUMBER(mlock(area, SIZE_MAX));
	for (int flags = -1; flags < 17; flags++) {
		NUMBER(mlockall(flags));
		NUMBER(munlockall());
	}
	NUMBER(mlockall(INT32_MIN));
	NUMBER(munlockall());
}

/* A signal handler that makes calls at any moment, as it may: errno is as before. */
static volatile sig_atomic_t handled;

static void handler(int signal)
{
	int before = errno;
	void *map = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)signal;
	if (map == MAP_FAILED || munmap(map, page))
		_exit(3);
	if (munmap(map, 0) != -1 || errno != EINVAL)
		_exit(4);
	handled++;
	errno = before;
}

static void *many_calls(void *pages)
{
	for (long round = 0; round < 20000 || (pages == NULL && handled < 100); round++) {
		errno = UNTOUCHED;
		char *map = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (map == MAP_FAILED || errno != UNTOUCHED)
			return "mmap";
		map[0] = 1;
		if (mprotect(map, page, -1) != -1 || errno != EINVAL)
			return "mprotect";
		errno = UNTOUCHED;
		if (munmap(map, page) || errno != UNTOUCHED)
			return "munmap";
		if (msync(map + 1, page, MS_SYNC) != -1 || errno != EINVAL)
			return "msync";
	}
	return NULL;
}

static void interruptions(void)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
	struct itimerval often = { { 0, 200 }, { 0, 200 } }, never = { { 0, 0 }, { 0, 0 } };
	pthread_t threads[4];
	void *failed;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	failed = many_calls(NULL);
	setitimer(ITIMER_REAL, &never, NULL);
	printf("interrupted: %s\n", failed ? (char *)failed : "well");
	for (int number = 0; number < 4; number++)
		pthread_create(&threads[number], NULL, many_calls, "");
	for (int number = 0; number < 4; number++) {
		pthread_join(threads[number], &failed);
		printf("thread: %s\n", failed ? (char *)failed : "well");
	}
}

/* None of the calls allocates. shm_open is glibc's, and has been called before. */
static void allocating_nothing(void)
{
	unsigned char bytes[1];
	long before = allocations;

	fresh();
	mmap(NULL, 0, 0, 0, -1, 0);
	mmap64(NULL, 0, 0, 0, -1, 0);
	mremap(area, page, 2 * page, 0);
	madvise(area, page, MADV_NORMAL);
	madvise(area, page, 9999);
	msync(area, page, MS_SYNC);
	mlock(area, page);
	munlock(area, page);
	mlockall(0);
	munlockall();
	mincore(area, page, bytes);
	mincore(area, page, NULL);
	shm_open("/mman-preload-none", O_RDWR, 0);
	shm_unlink("/mman-preload-none");
	posix_madvise(area, page, POSIX_MADV_RANDOM);
	posix_madvise(area, page, 9999);
	printf("allocations: %ld\n", allocations - before);
}

int main(void)
{
	static char out[1 << 16];

	setvbuf(stdout, out, _IOFBF, sizeof out);
	page = sysconf(_SC_PAGESIZE);
	if (pipe(pipe_ends))
		fail("pipe");
	maps();
	unmaps();
	protections();
	moves();
	advices();
	syncs();
	residencies();
	objects();
	interruptions();
	allocating_nothing();
	locks();
	printf("the end\n");
	return 0;
}
