package emulator_test

import "errors"

func fillDisk() error { return errors.ErrUnsupported }
