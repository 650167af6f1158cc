import type { ErrorCode } from 'yaml';

/** The parser's messages quote the file, which holds secrets: these are ours. */
export const YAML_SYNTAX = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag',
  BAD_ALIAS: 'an anchor or alias has no usable name',
  BAD_COLLECTION_TYPE: 'a tag does not fit the collection behind it',
  BAD_DIRECTIVE: 'a directive cannot be read',
  BAD_DQ_ESCAPE: 'a double-quoted text has an escape that does not exist',
  BAD_INDENT: 'the indentation does not fit, or a bracket is not closed',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place',
  BAD_SCALAR_START: 'a text begins with a character that needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon stands in one line: put the text into quotes',
  BLOCK_IN_FLOW: 'an indented block stands inside brackets',
  DUPLICATE_KEY: 'a key stands there twice',
  IMPOSSIBLE: 'the text cannot be read',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a character is missing: a closing quote, a comma, a bracket or a space behind a colon',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines: is a colon missing?',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: 'there is more than one document',
  MULTIPLE_TAGS: 'a value has two tags',
  NON_STRING_KEY: 'a key is a list or a mapping',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'a tab stands where spaces must indent',
  TAG_RESOLVE_FAILED: 'tags are not supported',
  UNEXPECTED_TOKEN: 'something stands where nothing may stand',
} as const satisfies Record<ErrorCode, string>;
