// Package tc3 verifies the signatures of API 3.0 as Tencent Cloud publishes
// them (document "Signature v3"), in the spellings of its official clients.
package tc3
