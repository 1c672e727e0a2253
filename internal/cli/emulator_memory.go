package cli

import "runtime/debug"

const (
	// servedGarbage is the garbage of a served emulator, in percent of the memory that
	// is in use, at which it is collected. Requests leave much garbage and little else,
	// so collecting it less often saves a third of the time of an email.
	servedGarbage = 400
	// servedMemory is the memory, in bytes, beyond which garbage is collected more
	// often again.
	servedMemory = 176 << 20
)

// tuneMemory sets how much memory a served emulator uses to save time. The settings
// of the environment, GOGC and GOMEMLIMIT, come first. The function that it returns
// restores what was before.
func tuneMemory(getenv func(string) string) (restore func()) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	percent, limit := debug.SetGCPercent(servedGarbage), debug.SetMemoryLimit(servedMemory)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
