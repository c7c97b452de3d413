// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * record [-a]: print this machine as a description for tests/tree/mktree: its blocks, /proc/iomem, /sys/firmware/memmap, the ACPI
 * table SRAT, what /proc/zoneinfo and /proc/meminfo say, and, without -a (addresses only), the flags of its pages. Run it as root,
 * in a guest (tests/vm/README.md) or elsewhere; it only reads. Flags that come and go with every access are left out, for the
 * description shall be short.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MEMORY   "/sys/devices/system/memory"
#define FIRMWARE "/sys/firmware/memmap"
#define SRAT     "/sys/firmware/acpi/tables/SRAT"

/* LRU, slab, buddy, anonymous, the parts of compound pages, huge, memory error, no page, KSM, THP, offline, zero page, page table,
 * reserved, private to the owner */
#define KEPT UINT64_C(0x2105fb94a0)

/* A word of a line, at most; a description has at most 32 of them in a line. */
#define RUNS_PER_LINE 24

static char *read_text(const char *path)
{
	static char text[1 << 20];
	int fd = open(path, O_RDONLY);
	ssize_t n, used = 0;

	if (fd < 0)
		return NULL;
	while ((n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += n;
	close(fd);
	text[used] = '\0';
	return text;
}

static char *read_line(const char *path)
{
	char *text = read_text(path);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

static void print_file(const char *path)
{
	const char *text = read_text(path);

	if (!text)
		return;
	printf("file %s \"", path + 1);
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", stdout);
		else if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else
			putchar(*text);
	}
	puts("\"");
}

static int is_block(const struct dirent *entry)
{
	return strncmp(entry->d_name, "memory", 6) == 0 && entry->d_name[6] >= '0' && entry->d_name[6] <= '9';
}

static void print_nodes(const char *block)
{
	struct dirent **entries;
	char path[512];
	int num;
	const char *separator = " node ";

	snprintf(path, sizeof(path), MEMORY "/%s", block);
	num = scandir(path, &entries, NULL, versionsort);
	for (int i = 0; i < num; i++) {
		if (strncmp(entries[i]->d_name, "node", 4) != 0)
			continue;
		printf("%s%s", separator, entries[i]->d_name + 4);
		separator = ",";
	}
}

static void print_blocks(uint64_t *end_block)
{
	struct dirent **entries;
	int num = scandir("/sys/devices/system/node", &entries, NULL, versionsort);
	char path[512];

	for (int i = 0; i < num; i++)
		if (strncmp(entries[i]->d_name, "node", 4) == 0 && strspn(entries[i]->d_name + 4, "0123456789"))
			printf("node %s\n", entries[i]->d_name + 4);
	num = scandir(MEMORY, &entries, is_block, versionsort);
	if (num < 0)
		err(1, MEMORY);
	for (int i = 0; i < num; i++) {
		const char *name = entries[i]->d_name, *text;

		printf("blocks %s", name + 6);
		*end_block = strtoull(name + 6, NULL, 10) + 1;
		snprintf(path, sizeof(path), MEMORY "/%s/state", name);
		text = read_line(path);
		printf(" state %s", text ? text : "-");
		snprintf(path, sizeof(path), MEMORY "/%s/valid_zones", name);
		text = read_line(path);
		printf(" zones \"%s\"", text ? text : "-");
		print_nodes(name);
		putchar('\n');
	}
}

static void print_firmware_map(void)
{
	static const char *const files[] = { "start", "end", "type" };
	struct dirent **entries;
	int num = scandir(FIRMWARE, &entries, NULL, versionsort);
	char path[512];

	for (int i = 0; i < num; i++) {
		if (entries[i]->d_name[0] == '.')
			continue;
		for (size_t j = 0; j < sizeof(files) / sizeof(files[0]); j++) {
			snprintf(path, sizeof(path), FIRMWARE "/%s/%s", entries[i]->d_name, files[j]);
			print_file(path);
		}
	}
}

/* Every byte as \xHH */
static void print_srat(void)
{
	FILE *file = fopen(SRAT, "r");
	int byte;

	if (!file)
		return;
	printf("file %s \"", SRAT + 1);
	while ((byte = getc(file)) != EOF)
		printf("\\x%02x", (unsigned int)byte);
	puts("\"");
	fclose(file);
}

/* Runs of equal pages; pages without flags are not named. */
static void print_pages(uint64_t end_pfn)
{
	uint64_t flags, last = 0, count = 0, pfn = 0;
	FILE *file = fopen("/proc/kpageflags", "r");
	unsigned int runs = 0;

	if (!file)
		err(1, "/proc/kpageflags");
	for (; pfn <= end_pfn; pfn++) {
		if (pfn == end_pfn || fread(&flags, sizeof(flags), 1, file) != 1)
			flags = ~UINT64_C(0);
		else
			flags &= KEPT;
		if (pfn > 0 && flags == last) {
			count++;
			continue;
		}
		if (pfn > 0) {
			if (runs++ % RUNS_PER_LINE == 0)
				printf("%skpageflags 0x%" PRIx64, runs > 1 ? "\n" : "", pfn - count);
			printf(count > 1 ? " %" PRIx64 "*%" PRIu64 : " %" PRIx64, last, count);
		}
		last = flags;
		count = 1;
	}
	putchar('\n');
	fclose(file);
}

int main(int argc, char **argv)
{
	int only_addresses = argc > 1 && strcmp(argv[1], "-a") == 0;
	uint64_t end_block = 0, block_size;
	struct utsname name;
	char *text = read_line(MEMORY "/block_size_bytes");

	if (!text || uname(&name) < 0)
		err(1, MEMORY);
	block_size = strtoull(text, NULL, 16);
	printf("# Linux %s, %s\n", name.release, name.machine);
	printf("block_size 0x%" PRIx64 "\npage_size %ld\n", block_size, sysconf(_SC_PAGESIZE));
	text = read_line("/sys/module/memory_hotplug/parameters/memmap_on_memory");
	if (text)
		printf("param memmap_on_memory %s\n", text);
	print_blocks(&end_block);
	if (!only_addresses)
		print_pages(end_block * block_size / (uint64_t)sysconf(_SC_PAGESIZE));
	print_file("/proc/iomem");
	print_file("/proc/zoneinfo");
	print_file("/proc/meminfo");
	print_firmware_map();
	print_srat();
	return 0;
}
