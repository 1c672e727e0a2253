package catalog

import (
	"fmt"
	"strings"
)

// Language is a language that the programs can speak.
type Language string

// The languages, by their tags (RFC 5646).
const (
	English Language = "en"
	Chinese Language = "zh-CN"
)

// Languages returns the tags of all languages.
func Languages() []string { return []string{string(English), string(Chinese)} }

// Variable is the environment variable that chooses the language of the programs.
const Variable = "SESCTL_LANG"

// Choose returns the language that the user chose: with the flag --lang, with
// SESCTL_LANG, or with the locale of the environment (POSIX.1-2024, 8.2: LC_ALL
// before LC_MESSAGES before LANG). The first of them that is not empty decides. A
// locale that is not Chinese means English. An unknown language in the flag or in
// SESCTL_LANG is an error, and English is returned with it.
func Choose(flag string, getenv func(string) string) (Language, error) {
	for _, asked := range []struct{ name, value string }{{"--lang", flag}, {Variable, getenv(Variable)}} {
		if asked.value == "" {
			continue
		}
		if language, known := parse(asked.value); known {
			return language, nil
		}
		return English, fmt.Errorf("%s %q is not a language of sesctl: use %s", asked.name, asked.value, strings.Join(Languages(), " or "))
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := getenv(name); value != "" {
			language, _ := parse(value)
			return language, nil
		}
	}
	return English, nil
}

// Flag returns the value of --lang in the arguments of a program. The language must be
// known before the flags are parsed, because help and the errors of the parser are
// translated too.
func Flag(args []string) string {
	const flag = "--lang"
	language := ""
	for i, arg := range args {
		value, joined := strings.CutPrefix(arg, flag+"=")
		switch {
		case arg == "--":
			return language
		case joined:
			language = value
		case arg == flag && i+1 < len(args):
			language = args[i+1]
		}
	}
	return language
}

// parse reads a language tag or the name of a locale, such as zh_CN.UTF-8. Every
// Chinese is Chinese, because there is one catalogue for it.
func parse(name string) (language Language, known bool) {
	tag := strings.ToLower(name)
	if i := strings.IndexAny(tag, "-_.@"); i >= 0 {
		tag = tag[:i]
	}
	switch tag {
	case "zh":
		return Chinese, true
	case "en", "c", "posix":
		return English, true
	}
	return English, false
}
