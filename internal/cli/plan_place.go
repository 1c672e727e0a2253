package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/pkg/callback"
)

// place is an account that a command plans for and acts on. A command has one,
// or one for each of several profiles.
type place struct {
	app      *app
	problems []callback.Problem
	planned  planned
	applied  callback.Applied
	read     bool  // the account was read, and there is a plan
	tried    bool  // the plan was begun
	err      error // what keeps the place from having a plan, or its plan from being done
}

// plans reads the declaration and makes its plan at each place. No place is
// contacted unless the declaration keeps the rules of all, and allowed, if not
// nil, lets them pass. The error says that none was; what went wrong when a place
// was read is its err.
func (d *declarationFlags) plans(ctx context.Context, a *app, allowed func([]*app) error) (manifest.Declaration, []*place, error) {
	declaration, err := await(ctx, func() (manifest.Declaration, error) { return d.read(a) })
	if err != nil {
		return declaration, nil, err
	}
	a.declared = callback.Masking{}.WithDeclared(declaration.Rows)
	apps, err := a.forProfiles(declaration.Profiles)
	if err == nil && allowed != nil {
		err = allowed(apps)
	}
	if err != nil {
		return declaration, nil, err
	}
	places := make([]*place, len(apps))
	for i, at := range apps {
		at.declared = callback.Masking{}.WithDeclared(declaration.Rows)
		places[i] = &place{app: at}
		if places[i].err = at.announce(); places[i].err == nil {
			places[i].err = places[i].check(declaration)
		}
	}
	if err := verdict(places); err != nil {
		return declaration, places, err
	}
	for _, p := range places {
		p.err = p.plan(ctx, d, declaration)
	}
	return declaration, places, nil
}

// check returns the rules that the declaration breaks at the place.
func (p *place) check(declaration manifest.Declaration) error {
	policy, err := p.app.policy()
	if err != nil {
		return err
	}
	// How the declaration is written is for validate.
	p.problems = slices.DeleteFunc(declaration.For(p.app.profileName()).Check(policy), callback.Problem.AboutDeclaration)
	return p.app.refuseRows(p.problems)
}

func (p *place) plan(ctx context.Context, d *declarationFlags, declaration manifest.Declaration) error {
	store, err := p.app.store(ctx)
	if err != nil {
		return err
	}
	snapshot, err := store.Load(ctx, callback.PartAll)
	if err != nil {
		return err
	}
	here := declaration.For(p.app.profileName())
	p.planned, p.read = planFor(snapshot, here.Desired(snapshot.Callbacks, d.prune)), true
	p.planned.unmanaged = findUnmanaged(d.unmanagedMode(declaration), here, p.planned.plan)
	p.app.warnUnregistered(p.planned)
	if p.app.label == "" {
		return nil
	}
	return p.app.release()
}

// verdict returns what went wrong at the places, as one error.
func verdict(places []*place) error {
	var apps []*app
	var errs []error
	for _, p := range places {
		apps, errs = append(apps, p.app), append(errs, p.err)
	}
	return merge(apps, errs)
}

// checksum stands for the plans of all places: that of the plan where there is
// one, "" where not every place has one.
func checksum(places []*place) string {
	if len(places) == 1 {
		return places[0].planned.checksum
	}
	var rows [][2]string
	for _, p := range places {
		if p.err != nil {
			return ""
		}
		rows = append(rows, [2]string{p.app.profile(), p.planned.checksum})
	}
	slices.SortFunc(rows, func(x, y [2]string) int { return strings.Compare(x[0], y[0]) })
	data, err := json.Marshal(rows)
	if err != nil {
		panic(err) // rows of strings always encode
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
