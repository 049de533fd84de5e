package infra

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const roleAssignment = "Microsoft.Authorization/roleAssignments"

// role is a built-in role that the identity of the app has.
type role struct {
	id, name string
	// on is the type of resource that it is for.
	on string
}

// roles are all that the identity may have (Learn, "Azure built-in roles").
var roles = []role{
	{"b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "storageBlobDataOwner", "Microsoft.Storage/storageAccounts"},
	{"974c5e8b-45b9-4653-ba55-5f855dd0fb88", "storageQueueDataContributor", "Microsoft.Storage/storageAccounts"},
	{"0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", "storageTableDataContributor", "Microsoft.Storage/storageAccounts"},
	{"4633458b-17de-408a-b874-0445c86b69e6", "keyVaultSecretsUser", "Microsoft.KeyVault/vaults"},
	{"3913510d-42f4-4e42-8a64-420c390055eb", "monitoringMetricsPublisher", "Microsoft.Insights/components"},
}

var guid = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

// checkRoles finds roles that nobody needs, and role assignments to anything but
// the identity of the app.
func checkRoles(t *template) []problem {
	var list []problem
	for _, f := range t.sorted() {
		for n := range f.root.all("string") {
			list = append(list, checkRoleID(f, n)...)
		}
		for _, d := range f.of("resource") {
			if d.resourceType() == roleAssignment {
				list = append(list, checkAssignment(f, d)...)
			}
		}
		for _, module := range f.of("module") {
			given := module.value.at("params", "identityPrincipalId")
			if given != nil && given.text != "identity.outputs.principalId" {
				list = append(list, f.problem(given, "the roles of module %s are assigned to %s, not to identity.outputs.principalId", module.name, given.text))
			}
		}
	}
	return list
}

// checkRoleID finds an ID that is not of a role of ours, or that has another name.
func checkRoleID(f *file, n *node) []problem {
	if !guid.MatchString(n.text) {
		return nil
	}
	id, _ := n.literal()
	i := slices.IndexFunc(roles, func(r role) bool { return r.id == id })
	if i < 0 {
		return []problem{f.problem(n, "%s is not a role that the app needs", n.text)}
	}
	if name := n.parent.kids[0].text; name != roles[i].name {
		return []problem{f.problem(n, "%s is called %s, not %s", id, name, roles[i].name)}
	}
	return nil
}

// checkAssignment compares a role assignment with how all of them have to be.
func checkAssignment(f *file, d *declaration) []problem {
	var list []problem
	scope := d.value.at("scope")
	if scope == nil || f.find("resource", scope.text) == nil {
		return []problem{f.problem(d.node, "role assignment %s has no resource as its scope", d.name)}
	}
	for _, want := range []struct{ text, key string }{
		{fmt.Sprintf("guid(%s.id, identityPrincipalId, role.value)", scope.text), "name"},
		{"identityPrincipalId", "properties.principalId"},
		{"'ServicePrincipal'", "properties.principalType"},
		{"subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)", "properties.roleDefinitionId"},
	} {
		if got := d.value.at(strings.Split(want.key, ".")...); got == nil || got.text != want.text {
			list = append(list, f.problem(d.node, "role assignment %s: %s is not %s", d.name, want.key, want.text))
		}
	}
	if d.loop == nil || d.loop.text != "items(roles)" {
		list = append(list, f.problem(d.node, "role assignment %s is not for each of items(roles)", d.name))
	}
	return list
}

// checkGranted finds roles that are missing where the app needs them, or that are
// on another type of resource.
func checkGranted(t *template) []problem {
	granted := map[role]bool{}
	var list []problem
	for _, f := range t.sorted() {
		for _, d := range f.of("resource") {
			scope := f.find("resource", d.value.at("scope").String())
			assigned := f.find("variable", "roles")
			if d.resourceType() != roleAssignment || scope == nil || assigned == nil {
				continue
			}
			for _, p := range assigned.value.properties() {
				id, _ := p.value.literal()
				r := role{id, p.key, scope.resourceType()}
				if granted[r] = true; !slices.Contains(roles, r) {
					list = append(list, f.problem(p.value, "%s is not for %s", r.name, r.on))
				}
			}
		}
	}
	for _, r := range roles {
		if !granted[r] {
			list = append(list, problem{file: "infra", text: fmt.Sprintf("nobody gets %s on %s", r.name, r.on)})
		}
	}
	return list
}
