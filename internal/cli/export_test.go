package cli

import (
	"context"
	"os"
)

// RunUntranslated is RunProcess, and appends each text that the catalogue of
// Chinese does not have to a file, which exists.
func RunUntranslated(file string) int {
	env := processEnv()
	env.Untranslated = func(english string) {
		f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			panic(err)
		}
		defer f.Close()
		if _, err := f.WriteString(english + "\x00"); err != nil {
			panic(err)
		}
	}
	return runIn(context.Background(), env)
}
