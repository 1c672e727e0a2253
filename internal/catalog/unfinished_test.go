package catalog

// unfinished are the files that are still being translated. A text may be missing
// in them. Nothing may be added to this list.
func unfinished() []string { return nil }
