package layers_test

import (
	"os"
	"strings"
	"testing"
)

// TestArchitectureNamesEveryPackage checks that docs/architecture.md explains each package
// of the list. A package inside of another one is named without internal/.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range layers() {
		for _, name := range row {
			if strings.Count(name, "/") > 1 {
				name = strings.TrimPrefix(name, "internal/")
			}
			if !strings.Contains(string(text), "`"+name+"`") {
				t.Errorf("docs/architecture.md does not explain %s", name)
			}
		}
	}
}
