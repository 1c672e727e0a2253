// Command bench measures sesctl, and prints medians and ratios.
//
// Each figure is compared with something that is measured in the same run. The two
// take turns, so that a busy machine distorts both in the same way. bench does not
// decide whether a figure is good enough. Its arguments name the measurements to
// make; without arguments it makes all of them.
package main
