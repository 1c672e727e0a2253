package layers_test

import (
	"encoding/xml"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// TestPicture checks that the picture in the README shows every package of the list,
// except tools of the repository and packages inside of others, and each one below
// the packages that may import it.
func TestPicture(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/images/layers.svg")
	if err != nil {
		t.Fatal(err)
	}
	var picture struct {
		Texts []struct {
			Y    int    `xml:"y,attr"`
			Text string `xml:",chardata"`
		} `xml:"text"`
	}
	if err := xml.Unmarshal(text, &picture); err != nil {
		t.Fatal(err)
	}
	height := map[string]int{} // of each package that a label names
	for _, label := range picture.Texts {
		for name := range strings.SplitSeq(label.Text, ", ") {
			height[name] = label.Y
		}
	}
	unseen := []string{"internal/catalog", "internal/seed", "internal/gendocs", "internal/layers", "internal/prose", "internal/zhdocs", "pkg/sestest"}
	below := 1 << 30 // the highest label of the rows below
	for _, row := range layers() {
		highest := below
		for _, name := range row {
			if slices.Contains(unseen, name) || strings.Count(name, "/") > 1 {
				continue
			}
			if strings.HasPrefix(name, "internal/") {
				name = path.Base(name)
			}
			y, ok := height[name]
			if !ok {
				t.Errorf("the picture does not show %s", name)
			}
			if y > below {
				t.Errorf("the picture shows %s below a package that it may import", name)
			}
			highest = min(highest, y)
		}
		below = highest
	}
}
