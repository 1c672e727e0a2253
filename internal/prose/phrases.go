package main

import "regexp"

// phrase is something not to write, and what to write instead.
type phrase struct {
	// find matches the phrase in its first group. A match without that group is
	// an allowed use: it comes first in the pattern and hides the phrase.
	find    *regexp.Regexp
	instead string
}

// wordList returns the phrases that no text may hold. The letters' case does not
// matter.
func wordList() []phrase {
	var list []phrase
	for _, part := range [][][2]string{conditions(), functions(), negations(), placements(), references(), terms(), idioms()} {
		for _, row := range part {
			list = append(list, phrase{regexp.MustCompile(`(?i)` + row[0]), row[1]})
		}
	}
	return list
}

// conditions: "where" is for places.
func conditions() [][2]string {
	return [][2]string{
		{`\b((?:only|except|even|unless|but not|not|also) where)\b`, `"if" or "when" for a condition`},
		{`\b(where (?:there (?:is|are|was|were)|one is|none is|nothing (?:is|was|has)|no \w+ (?:is|was|has)|another|somebody|someone|nobody))\b`, `"if" or "when" for a condition`},
		{`\b(where (?:it|they|that|this|one) (?:cannot|can|could|fails?|differs?|must|may|might|needs?|has|have|had|does|do|did|is not|was not|are not))\b`, `"if" or "when" for a condition`},
		{`^(where (?:it|there|no|nothing|none|another|one|an?|the|this|that|they|both|neither|all|any) [^,:?]+), `, `"if" or "when" for a condition`},
		{`\b(wherever (?:it|they|that|this) (?:can|could|is possible|may))\b`, `"if" or "when" for a condition`},
	}
}

// functions return, report, print and warn.
func functions() [][2]string {
	return [][2]string{
		{`\b(tells?|told|telling)\b`, `"return", "report", "print", "warn", "show" or "distinguish"`},
		{`\b(?:page|document|documentation|table|RFC \d+|sentence|Tencent|FAQ)s? (?:says?|said)\b|\b(says|said)\b`, `"return", "report", "print", "show" or "state"`},
	}
}

// negations: "is not a".
func negations() [][2]string {
	return [][2]string{
		{`\bthere(?:'s| is| are| was| were)(?: still| already)? no\b|\b(?:is|are|was|were) no (?:longer|one|more|less|later|older|better|bigger|larger|greater|fewer|worse)\b|\b((?:is|are|was|were) no) [a-z]`, `"is not a"`},
		{`\b(knows? no)\b`, `"does not know"`},
		{`\b(misses (?:an?|the|its))\b`, `"lacks", or "X is missing"`},
	}
}

// placements of "still", "already" and the like.
func placements() [][2]string {
	return [][2]string{
		{`\b(still|already)(?:[.,;:!)]|$)`, `put "still" or "already" before the verb: "is still borrowed"`},
		{`\b(there already|(?:is|are|was|were) \w+(?:ed|en) still|(?:is|are|was|were) there still)\b`, `put "still" or "already" before the verb: "already exists"`},
		{`\b((?:may|can|must|could|will) so [a-z]+)\b`, `"can therefore"`},
	}
}

// references that make the reader look back.
func references() [][2]string {
	return [][2]string{
		{`\b(that of|those of)\b`, `repeat the noun`},
		{`\b(those (?:that|which|who|whose|with|in|for))\b`, `repeat the noun: "the senders that"`},
		{`\b(such an? one|another one than)\b`, `repeat the noun, or "differs from"`},
		{`\b(the former|the latter|former (?:value|URL|callback|one|receiver|state))\b`, `"previous", or repeat the noun`},
		{`\b(so that (?:it|they|one|he|she) be|be it|lest|whence|thereof|therein|wherein|whereof|whereby|hereby|whatsoever)\b`, `plain modern English`},
	}
}

// terms: the word of the field.
func terms() [][2]string {
	return [][2]string{
		{`\b(time limits?)\b`, `"timeout"`},
		{`\b(lets? go of|(?:gives?|gave|given) (?:it|the lock) free)\b`, `"release"`},
		{`\b(under way)\b`, `"in flight" or "running"`},
		{`\b(mend(?:s|ed|ing)?)\b`, `"fix" or "repair"`},
		{`\b(exclude each other|excludes the other)\b`, `"cannot be used together"`},
		{`\b((?:go|goes|went|gone|going) nowhere)\b`, `"is lost", or "loses its events"`},
		{`\b((?:falls?|fell|fallen|falling) silent)\b`, `"loses its events"`},
	}
}

// idioms of a dialect, not of plain English.
func idioms() [][2]string {
	return [][2]string{
		{`\b(shall)\b`, `"must" or "should"`},
		{`\b(anew)\b`, `"again"`},
		{`\b(stands? (?:in|at|on|there|beside|above|below|first)|stands? here)\b`, `"is"`},
		{`\b((?:is|are|was|were) there (?:then|no more|any more))\b`, `"exists"`},
		{`\b(?:read|write)s? (?:the|a|an) whole\b|\b((?:shows?|shown|prints?|printed|written|kept|taken|read) whole|(?:it|them) whole)\b`, `"in full"`},
		{`\b(but for (?:the|its|an?|one|that|those))\b`, `"except for"`},
		{`\b(what (?:becomes|became|has become|will become) of)\b`, `"what happens to"`},
		{`\b(events? came)\b|\b((?:fewer|more|none|nothing|many|all|enough) came)\b`, `"arrived"`},
		{`\b((?:finds?|found) out (?:an?|the|about))\b`, `"detects" or "learns"`},
		{`\b(hold(?:s|ing)? \w+(?: \w+){0,4} to (?:what|the rules?|its word))\b`, `"checks that"`},
	}
}
