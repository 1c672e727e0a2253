package seed

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Env names the environment variable that sets the seed, to repeat a test.
const Env = "SESCTL_TEST_SEED"

// New returns random numbers for a test, and logs how to repeat them. The log is
// shown if the test fails, or with -v. Like every [rand.Rand], the result must be
// used by one goroutine at a time.
func New(t testing.TB) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv(Env); text != "" {
		given, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("%s=%q: it must be a number from 0 to 18446744073709551615", Env, text)
		}
		seed = given
	}
	t.Logf("to repeat the random choices of this test, set %s=%d", Env, seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// Kills returns how many times a test kills a program at a random moment: the given
// number, or a tenth of it with -short.
func Kills(usual int) int {
	if testing.Short() {
		return max(1, usual/10)
	}
	return usual
}
