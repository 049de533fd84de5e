package azuredevops

import (
	"encoding/json"
	"fmt"
	"strings"
)

// person is an identity as the service knows it.
type person struct {
	displayName, uniqueName, id string
	// body is its JSON in answers (IdentityRef).
	body []byte
}

var peopleNames = []string{
	"Ada Example", "Grace Sample", "Linus Placeholder", "Maryam Demo", "José Muster", "Юлия Образец", "例示 花子",
	`Pat "PJ" O'Example`,
}

func (s *Server) newPerson(displayName, uniqueName, id string) *person {
	descriptor := "aad." + strings.ReplaceAll(id, "-", "")
	avatar := fmt.Sprintf("https://dev.azure.com/%s/_apis/GraphProfile/MemberAvatars/%s", s.options.Organization, descriptor)
	p := &person{displayName: displayName, uniqueName: uniqueName, id: id}
	p.body = mustEncode(object{
		"displayName": displayName,
		"url":         fmt.Sprintf("https://vssps.dev.azure.com/%s/_apis/Identities/%s", s.options.Organization, id),
		"_links":      object{"avatar": link(avatar)},
		"id":          id,
		"uniqueName":  uniqueName,
		"imageUrl":    avatar,
		"descriptor":  descriptor,
	})
	return p
}

func (s *Server) newPeople() []*person {
	people := make([]*person, len(peopleNames))
	for i, name := range peopleNames {
		people[i] = s.newPerson(name, fmt.Sprintf("user%d@%s.example", i+1, s.options.Organization), s.seed.guid(streamPerson, i))
	}
	return people
}

// personNamed returns the identity that a display name or a unique name means,
// a new one if nobody has it.
func (s *Server) personNamed(name string) *person {
	for _, p := range s.people {
		if strings.EqualFold(p.displayName, name) || strings.EqualFold(p.uniqueName, name) {
			return p
		}
	}
	var n uint64
	for _, r := range name {
		n = mix(n + uint64(r))
	}
	return s.newPerson(name, name, s.seed.guid(streamPerson, int(n>>1)))
}

// decoded returns the identity as a reader of the JSON gets it.
func (p *person) decoded() map[string]any {
	var v map[string]any
	if err := json.Unmarshal(p.body, &v); err != nil {
		panic(err) // body is our own encoding
	}
	return v
}
