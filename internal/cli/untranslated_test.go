package cli_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// untranslatedFile is the variable that names the file for texts that the catalogue
// of Chinese does not have.
const untranslatedFile = "SESCTL_TEST_UNTRANSLATED"

// untranslatable finds what is English in every language: what a service answers,
// the words of its API, command lines, and what the scripts themselves contain.
var untranslatable = regexp.MustCompile(`^The |^Nothing was changed$|^"551 |^you are not |has no permission|^[ \t]*(source <\()?sesctl |^tccli |` +
	"^`+sesctl |" +
	`^event email bulkId |^(ada|china|default|dns|eventid|global|gzip|id|ms|post|root|tcp|bad|port in address|profile global|in bad|read folder|address odd|answer address|answer url)$`)

// checkUntranslated fails for each text in the file that should have a translation.
func checkUntranslated(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
	}
	texts := strings.FieldsFunc(string(content), func(r rune) bool { return r == 0 })
	slices.Sort(texts)
	for _, text := range slices.Compact(texts) {
		if !untranslatable.MatchString(text) {
			t.Errorf("no translation: %q", text)
		}
	}
}
