package relay

import "errors"

func limitFiles(uint64) error { return errors.New("there is no such limit") }
