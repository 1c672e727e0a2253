package sesapi

// Seen is a row that somebody saw to work at the real service.
type Seen struct {
	Operation Operation
	Action    string
	Place     string // the site and the region
	By        string // who reported it
	Day       string // as 2006-01-02
}

// SeenToWork returns the rows that users reported to work. Nobody has reported one
// yet.
func SeenToWork() []Seen { return nil }
