package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/pkg/callback"
)

// place is an account that a command plans for and changes. A command has one place,
// or one for each of several profiles.
type place struct {
	at       *account.Account
	problems []callback.Problem
	planned  planned
	applied  callback.Applied
	read     bool  // the account was read, and there is a plan
	tried    bool  // the plan was begun
	err      error // there is no plan, or it was not carried out
}

// plans reads the declaration and makes its plan at each place. Before a place is
// contacted, the declaration must keep the rules of all places, and allowed (if not
// nil) must accept them. If not, plans returns an error. If a place cannot be read,
// its err is set.
func (d *declarationFlags) plans(ctx context.Context, a *app, allowed func([]*account.Account) error) (manifest.Declaration, []*place, error) {
	declaration, err := await(ctx, func() (manifest.Declaration, error) { return d.read(a) })
	if err != nil {
		return declaration, nil, err
	}
	a.declared = callback.Masking{}.WithDeclared(declaration.Rows)
	accounts, err := a.chooseAccounts(declaration.Profiles)
	if err == nil && allowed != nil {
		err = allowed(accounts)
	}
	if err != nil {
		return declaration, nil, err
	}
	places := make([]*place, len(accounts))
	for i, at := range accounts {
		places[i] = &place{at: at}
		if places[i].err = a.announce(at); places[i].err == nil {
			places[i].problems, places[i].err = a.checkDeclaration(at, declaration)
		}
	}
	if err := a.verdict(places); err != nil {
		return declaration, places, err
	}
	for _, p := range places {
		p.err = a.plan(ctx, p, d, declaration)
	}
	return declaration, places, nil
}

// checkDeclaration returns the rules that the declaration breaks at an account, and an
// error if one of them must not be broken.
func (a *app) checkDeclaration(at *account.Account, declaration manifest.Declaration) ([]callback.Problem, error) {
	policy, err := at.Policy()
	if err != nil {
		return nil, err
	}
	// Only validate reports how the declaration is written.
	problems := slices.DeleteFunc(declaration.For(at.Profile()).Check(policy), callback.Problem.AboutDeclaration)
	return problems, a.refuseRows(at, problems)
}

// plan reads the account of a place and makes its plan.
func (a *app) plan(ctx context.Context, p *place, d *declarationFlags, declaration manifest.Declaration) error {
	_, snapshot, err := p.at.Read(ctx, callback.PartAll)
	if err != nil {
		return err
	}
	here := declaration.For(p.at.Profile())
	p.planned, p.read = planFor(snapshot, here.Desired(snapshot.Callbacks, d.prune)), true
	p.planned.unmanaged = findUnmanaged(d.unmanagedMode(declaration), here, p.planned.plan)
	a.warnUnregistered(p.at, p.planned)
	if !a.several() {
		return nil
	}
	return p.at.Release()
}

// verdict returns the errors of the places as one error.
func (a *app) verdict(places []*place) error {
	var accounts []*account.Account
	var errs []error
	for _, p := range places {
		accounts, errs = append(accounts, p.at), append(errs, p.err)
	}
	return a.merge(accounts, errs)
}

// checksum returns the checksum of the plan or, if there are several places, one
// checksum of all plans. It returns "" if a place has no plan.
func checksum(places []*place) string {
	if len(places) == 1 {
		return places[0].planned.checksum
	}
	var rows [][2]string
	for _, p := range places {
		if p.err != nil {
			return ""
		}
		rows = append(rows, [2]string{p.at.Profile(), p.planned.checksum})
	}
	slices.SortFunc(rows, func(x, y [2]string) int { return strings.Compare(x[0], y[0]) })
	data, err := json.Marshal(rows)
	if err != nil {
		panic(err) // rows of strings always encode
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// pending returns a finding if there are differences.
func pending(places []*place) error {
	changes, unmanaged := 0, 0
	for _, p := range places {
		changes += len(p.planned.plan.Changes)
		unmanaged += p.planned.unmanaged.failing()
	}
	var differences []string
	if changes > 0 {
		differences = append(differences, count(changes, "change")+" pending")
	}
	if unmanaged > 0 {
		differences = append(differences, count(unmanaged, "callback")+" not declared")
	}
	if len(differences) == 0 {
		return nil
	}
	return failure.New(failure.Finding, "%s", strings.Join(differences, ", "))
}
