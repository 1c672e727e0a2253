package cli

import "github.com/sesctl/sesctl/internal/output"

// The statuses of a check of doctor, and of a step of diagnose.
const (
	statusOK   = "ok"
	statusWarn = "warn"
	statusFail = "fail"
	statusSkip = "skip"
)

// worse returns the worse of two statuses. A skipped check is as good as one without a
// fault.
func worse(x, y string) string {
	if y == statusFail || y == statusWarn && x != statusFail {
		return y
	}
	return x
}

func paintStatus(cell string) output.Color {
	colors := map[string]output.Color{statusOK: output.Green, statusWarn: output.Yellow, statusFail: output.Red, statusSkip: output.Faint}
	return colors[cell]
}
