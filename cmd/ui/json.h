/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All JSON. A document is streamed: its members and the items of its arrays are written as they are made and freed, so that
 * half a million rows need no tree in memory. Setters take strings that may be NULL, for null.
 */
#ifndef MEMCTL_JSON_H
#define MEMCTL_JSON_H

#include "ui/nums.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_SCHEMA_VERSION 1

struct json_object;

/*
 * json-c reads random numbers when it makes its first object, and soon after boot waits for them: better before a request than
 * in the middle of it.
 */
void json_prepare(void);

struct json_object *json_string_new(const char *value);
struct json_object *json_uint_new(uint64_t value);
struct json_object *json_int_new(int64_t value);
struct json_object *json_bool_new(bool value);

struct json_object *json_new(void);
void json_set(struct json_object *object, const char *key, struct json_object *value);
void json_set_string(struct json_object *object, const char *key, const char *value);
void json_set_uint(struct json_object *object, const char *key, uint64_t value);
void json_set_bool(struct json_object *object, const char *key, bool value);
void json_set_null(struct json_object *object, const char *key);
void json_set_ratio(struct json_object *object, const char *key, double value);

/* Bytes of each kind of page (NUM_PAGE_KINDS); null for NULL */
void json_set_usage(struct json_object *object, const char *key, const uint64_t *bytes);

struct json_object *json_array_new(void);
void json_append(struct json_object *array, struct json_object *value);
void json_append_string(struct json_object *array, const char *value);

/* A text as a value, to be freed with json_free(); NULL, and in `why` a clause, where it is none. Nothing may be behind it. */
struct json_object *json_parse(const char *text, size_t length, const char **why);
void json_free(struct json_object *value);

/* A member; NULL where there is none, it is null, or that is no object. The object's, as are strings and items. */
struct json_object *json_find(struct json_object *object, const char *key);

/* What a value is; false, and NULL, where it is something else */
bool json_is_array(struct json_object *value);
bool json_get_uint(struct json_object *value, uint64_t *number);
bool json_get_bool(struct json_object *value); /* false, too, where it is none */
const char *json_get_string(struct json_object *value);
size_t json_get_length(struct json_object *array);
struct json_object *json_get_item(struct json_object *array, size_t index);

/* A value, and a text as one, in one line; neither takes memory */
void json_write_value(FILE *out, struct json_object *value);
void json_write_text(FILE *out, const char *text);

/* ui/json-doc.c */
struct json_doc {
	FILE *out;
	bool one_line; /* for one document a line */
	bool has_members, has_items;
	unsigned int depth; /* inside so many objects of an object that is written member by member */
	char *text;         /* what is not written before the end */
	size_t length;
};

/* Begins with the members that every document has; `command` may be NULL. */
void json_doc_begin(struct json_doc *doc, FILE *out, const char *command);
void json_doc_begin_line(struct json_doc *doc, FILE *out, const char *command);

/* The same for one of which nothing is written before all of it is there: a report of what was changed is no half a document. */
void json_doc_begin_whole(struct json_doc *doc, const char *command, bool one_line);

/* Whether some of a document may be written, and not its end */
bool json_doc_is_open(void);

/* Writes a member; the value is released. All others need no memory. */
void json_doc_member(struct json_doc *doc, const char *key, struct json_object *value);
void json_doc_string(struct json_doc *doc, const char *key, const char *value);
void json_doc_uint(struct json_doc *doc, const char *key, uint64_t value);
void json_doc_bool(struct json_doc *doc, const char *key, bool value);

/* MEMHP_NO_TIMEOUT is null. */
void json_doc_deadline(struct json_doc *doc, const char *key, uint64_t ms);

void json_doc_begin_array(struct json_doc *doc, const char *key);
void json_doc_item(struct json_doc *doc, struct json_object *value);

/* An object that is a member, or an item of an array, and is written member by member */
void json_doc_begin_object(struct json_doc *doc, const char *key);
void json_doc_begin_item(struct json_doc *doc);
void json_doc_end_object(struct json_doc *doc);

void json_doc_null(struct json_doc *doc, const char *key);
void json_doc_end_array(struct json_doc *doc);

void json_doc_end(struct json_doc *doc);

#endif
