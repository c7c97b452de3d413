/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/parse.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "nums.h"
#include "util.h"

/* Digits of a number up to `*end`; false when there is none or it does not fit. strtoull would take signs, spaces and prefixes. */
static bool scan_number(const char *text, unsigned int base, uint64_t *number, const char **end)
{
	uint64_t value = 0;
	const char *p = text;

	for (; isxdigit((unsigned char)*p); p++) {
		unsigned int digit = isdigit((unsigned char)*p) ? (unsigned int)(*p - '0') : (unsigned int)((*p | 0x20) - 'a' + 10);

		if (digit >= base)
			break;
		if (value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	if (p == text)
		return false;
	*number = value;
	*end = p;
	return true;
}

int memhp__parse_block_size(const char *text, uint64_t *size)
{
	const char *end;
	uint64_t value;

	if (!scan_number(text, 16, &value, &end) || *end || value == 0 || (value & (value - 1)))
		return -EBADMSG;
	*size = value;
	return 0;
}

bool memhp__parse_numbered_name(const char *name, const char *prefix, uint64_t *number)
{
	size_t length = strlen(prefix);
	const char *digits = name + length, *end;

	if (strncmp(name, prefix, length) != 0 || (digits[0] == '0' && digits[1]))
		return false;
	return scan_number(digits, 10, number, &end) && !*end;
}

int memhp__parse_state(const char *text, enum memhp_state *state)
{
	enum memhp_state found;

	/* What has no block yet has no such file: the kernel does not know that word. */
	if (memhp_state_from_name(text, &found) < 0 || found == MEMHP_STATE_STANDBY)
		return -EBADMSG;
	*state = found;
	return 0;
}

int memhp__parse_zones(const char *text, uint8_t *zones, size_t max_zones, uint8_t *num_zones)
{
	uint8_t found[NUM_ZONES];
	uint8_t n = 0;

	for (const char *p = text + strspn(text, " "); *p; p += strspn(p, " ")) {
		size_t length = strcspn(p, " ");
		char word[16];
		enum memhp_zone zone;

		if (length >= sizeof(word) || n >= max_zones || n >= sizeof(found))
			return -EBADMSG;
		memcpy(word, p, length);
		word[length] = '\0';
		if (memhp_zone_from_name(word, &zone) < 0)
			return -EBADMSG;
		found[n++] = zone;
		p += length;
	}
	if (n == 0)
		return -EBADMSG;
	/* "none" (once "None") stands alone and means no zone at all. */
	if (n == 1 && found[0] == MEMHP_ZONE_NONE)
		n = 0;
	if (memchr(found, MEMHP_ZONE_NONE, n))
		return -EBADMSG;
	memcpy(zones, found, n);
	*num_zones = n;
	return 0;
}

int memhp__parse_flag(const char *text, bool *flag)
{
	if ((text[0] != '0' && text[0] != '1') || text[1])
		return -EBADMSG;
	*flag = text[0] == '1';
	return 0;
}

int memhp__parse_int(const char *text, int *number)
{
	bool negative = text[0] == '-';
	const char *end;
	uint64_t value;

	if (!scan_number(text + negative, 10, &value, &end) || *end || value > INT_MAX)
		return -EBADMSG;
	*number = negative ? -(int)value : (int)value;
	return 0;
}

int memhp__parse_hex(const char *text, uint64_t *number)
{
	const char *end;
	uint64_t value;

	if (strncmp(text, "0x", 2) != 0 || !scan_number(text + 2, 16, &value, &end) || *end)
		return -EBADMSG;
	*number = value;
	return 0;
}

/* The first word behind `key` at the beginning of a line, NULL when the line has another key. */
static const char *value_of(const char *line, const char *key)
{
	size_t length = strlen(key);

	line += strspn(line, " \t");
	if (strncmp(line, key, length) != 0 || !strchr(" \t", line[length]) || !line[length])
		return NULL;
	line += length;
	return line + strspn(line, " \t");
}

/* "Node 0, zone   Normal" */
static bool parse_zone_line(const char *line, enum memhp_zone *zone)
{
	char word[16];
	size_t length;

	if (strncmp(line, "Node ", 5) != 0)
		return false;
	line += strlen("Node ");
	line += strspn(line, "0123456789");
	if (strncmp(line, ", zone", strlen(", zone")) != 0)
		return false;
	line += strlen(", zone");
	line += strspn(line, " \t");
	length = strcspn(line, " \t\n");
	*zone = MEMHP_ZONE_UNKNOWN;
	if (length < sizeof(word)) {
		memcpy(word, line, length);
		word[length] = '\0';
		(void)memhp_zone_from_name(word, zone);
	}
	return true;
}

int memhp__parse_zoneinfo(const char *text, struct zone_pages *pages)
{
	struct zone_pages sum = { 0 };
	enum memhp_zone zone = MEMHP_ZONE_UNKNOWN;
	bool in_zone = false, fits = true;

	for (const char *line = text; *line; line = strchrnul(line, '\n'), line += *line == '\n') {
		const char *value, *end;
		uint64_t number;

		if (parse_zone_line(line, &zone)) {
			in_zone = true;
			continue;
		}
		if (!in_zone)
			continue;
		if ((value = value_of(line, "present")) && scan_number(value, 10, &number, &end))
			fits &= !__builtin_add_overflow(sum.present[zone], number, &sum.present[zone]);
		else if ((value = value_of(line, "managed")) && scan_number(value, 10, &number, &end))
			fits &= !__builtin_add_overflow(sum.managed, number, &sum.managed);
		else if ((value = value_of(line, "cma")) && scan_number(value, 10, &number, &end)) {
			sum.has_cma = true;
			/* Movable memory is counted as such already. */
			if (zone != MEMHP_ZONE_MOVABLE)
				fits &= !__builtin_add_overflow(sum.cma, number, &sum.cma);
		}
	}
	/* The sum of a made-up file need not fit. */
	if (!in_zone || !fits)
		return -EBADMSG;
	*pages = sum;
	return 0;
}

int memhp__parse_meminfo(const char *text, const char *key, uint64_t *bytes)
{
	size_t length = strlen(key);

	for (const char *line = text; *line; line = strchrnul(line, '\n'), line += *line == '\n') {
		const char *value = line + length + 1, *end;
		uint64_t number;

		if (strncmp(line, key, length) != 0 || line[length] != ':')
			continue;
		value += strspn(value, " \t");
		if (!scan_number(value, 10, &number, &end) || strncmp(end, " kB", 3) != 0 || number > UINT64_MAX / 1024)
			return -EBADMSG;
		*bytes = number * 1024;
		return 0;
	}
	return -EBADMSG;
}

int memhp__parse_uptime(const char *text, uint64_t *ms)
{
	uint64_t seconds, hundredths;
	const char *end;

	if (!scan_number(text, 10, &seconds, &end) || *end != '.' || !scan_number(end + 1, 10, &hundredths, &end) || *end != ' ' ||
	    hundredths > 99 || seconds > UINT32_MAX)
		return -EBADMSG;
	*ms = seconds * 1000 + hundredths * 10;
	return 0;
}

int memhp__parse_start_time(const char *text, uint64_t *ms)
{
	/* The second field is the name, in parentheses, and may have anything in it. */
	const char *p = strrchr(text, ')'), *end;
	uint64_t ticks;

	for (int field = 2; p && field < 22; field++) {
		p = strchr(p, ' ');
		p = p ? p + 1 : NULL;
	}
	if (!p || !scan_number(p, 10, &ticks, &end) || *end != ' ' || ticks > INT64_MAX / 10)
		return -EBADMSG;
	*ms = ticks * 10;
	return 0;
}

int memhp__parse_iomem(const char **text, struct iomem_range *range)
{
	const char *line = *text, *end;
	struct iomem_range found;
	size_t indent;

	if (!*line)
		return 0;
	indent = strspn(line, " ");
	found.depth = (unsigned int)(indent / 2);
	if (indent % 2 || indent / 2 > IOMEM_MAX_DEPTH || !scan_number(line + indent, 16, &found.start, &end) || *end != '-' ||
	    !scan_number(end + 1, 16, &found.last, &end) || strncmp(end, " : ", 3) != 0 || found.last < found.start)
		return -EBADMSG;
	found.name = end + 3;
	end = strchrnul(found.name, '\n');
	found.length = (size_t)(end - found.name);
	*range = found;
	*text = end + (*end == '\n');
	return 1;
}

int memhp__parse_maps(const char **text, struct maps_area *area)
{
	const char *line = *text, *end;
	struct maps_area found;

	if (!*line)
		return 0;
	if (!scan_number(line, 16, &found.start, &end) || *end != '-' || !scan_number(end + 1, 16, &found.end, &end) ||
	    *end != ' ' || found.end < found.start)
		return -EBADMSG;
	/* Permissions, offset, device and inode come before the name. */
	for (unsigned int field = 0; field < 4; field++) {
		end += strspn(end, " ");
		end += strcspn(end, " \n");
	}
	end += strspn(end, " ");
	found.is_special = strncmp(end, "[v", 2) == 0;
	end = strchrnul(end, '\n');
	*area = found;
	*text = end + (*end == '\n');
	return 1;
}

void memhp__parse_status_name(const char *text, char name[PROCESS_NAME_MAX])
{
	static const char key[] = "Name:\t";
	size_t length = 0;

	if (strncmp(text, key, strlen(key)) == 0)
		for (text += strlen(key); *text && *text != '\n' && length < PROCESS_NAME_MAX - 1; text++)
			name[length++] = *text >= ' ' && *text <= '~' ? *text : '?';
	name[length] = '\0';
}

bool memhp__parse_dax_device(const char *name)
{
	uint64_t number;
	const char *end;

	if (strncmp(name, "dax", 3) != 0 || !scan_number(name + 3, 10, &number, &end) || *end != '.')
		return false;
	return scan_number(end + 1, 10, &number, &end) && !*end;
}

int memhp__parse_acpi_memory(const char *path, uint16_t *number)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *end;
	uint64_t value;

	if (strncmp(name, "PNP0C80:", 8) != 0 || !scan_number(name + 8, 16, &value, &end) || *end || value >= ACPI_MAX_INSTANCES)
		return -EBADMSG;
	*number = (uint16_t)value;
	return 0;
}

/* The kernel's isspace() is that of Latin-1, with its unbroken space. */
static bool is_cmdline_space(char c)
{
	return c && strchr(" \t\n\v\f\r\xa0", c);
}

bool memhp__parse_cmdline(const char **text, struct cmdline_param *param)
{
	const char *p = *text, *start, *equals = NULL, *end;
	bool is_quoted, in_quote;

	while (is_cmdline_space(*p))
		p++;
	*text = p;
	if (!*p)
		return false;
	is_quoted = in_quote = *p == '"';
	p += is_quoted;
	for (start = p; *p && (in_quote || !is_cmdline_space(*p)); p++) {
		if (*p == '=' && !equals && p > start)
			equals = p;
		if (*p == '"')
			in_quote = !in_quote;
	}
	*text = end = p;
	if ((is_quoted || (equals && equals[1] == '"')) && end > start && end[-1] == '"')
		end--;
	*param = (struct cmdline_param){ .key = start, .key_length = (size_t)((equals ? equals : end) - start) };
	if (equals) {
		param->value = equals + 1 + (equals[1] == '"');
		param->value_length = end > param->value ? (size_t)(end - param->value) : 0;
	}
	return equals || param->key_length != 2 || strncmp(param->key, "--", 2) != 0;
}

bool memhp__cmdline_has_prefix(const struct cmdline_param *param, const char *prefix)
{
	size_t length = strlen(prefix);

	if (param->key_length < length)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((param->key[i] == '-' ? '_' : param->key[i]) != prefix[i])
			return false;
	return true;
}

bool memhp__cmdline_is(const struct cmdline_param *param, const char *key)
{
	return param->key_length == strlen(key) && memhp__cmdline_has_prefix(param, key);
}
