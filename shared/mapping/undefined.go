package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/itchyny/gojq"

	"adoport/shared/nearword"
)

// undefined places and explains an error of the jq compiler, which has no
// positions.
func (s *scanner) undefined(err error, q *gojq.Query) mistake {
	what, name, _ := strings.Cut(err.Error(), ": ")
	switch what {
	case "function not defined":
		return s.undefinedFunction(name, q)
	case "variable not defined":
		return mistake{s.first(variableWord, name), fmt.Sprintf("jq: the variable %s is not defined (%s)", name, nearword.Suggestion(name, s.defined(variableWord, name)))}
	case "label not defined":
		return mistake{s.first(variableWord, name), fmt.Sprintf("jq: there is no label %s to break out of", name)}
	default:
		return mistake{0, "jq: " + err.Error()}
	}
}

func (s *scanner) undefinedFunction(signature string, q *gojq.Query) mistake {
	name, arity, _ := strings.Cut(signature, "/")
	offset := s.first(nameWord, name)
	if q.Term != nil && q.Term.Func != nil && len(q.Term.Func.Args) == 0 && len(q.Term.SuffixList) == 0 {
		return mistake{offset, fmt.Sprintf("jq: %s is not a function; for the text itself write '\"%s\"', for the field of the item .%s", name, name, name)}
	}
	known := slices.Concat(builtins().names, s.defined(nameWord, name))
	if arities := builtins().arities[name]; len(arities) > 0 {
		return mistake{offset, fmt.Sprintf("jq: %s takes %s arguments, not %s", name, strings.Join(arities, " or "), arity)}
	}
	if w := nearword.Find(name, known); w != "" {
		return mistake{offset, fmt.Sprintf("jq: there is no function %s (did you mean %q?)", name, w)}
	}
	return mistake{offset, fmt.Sprintf("jq: there is no function %s; for a text write \"%s\" in double quotes, for a field .%s", name, name, name)}
}

// first is the offset of the first such word, 0 if there is none.
func (s *scanner) first(kind wordKind, text string) int {
	for _, w := range s.words {
		if w.kind == kind && w.text == text {
			return w.start
		}
	}
	return 0
}

// defined are the words that follow "def" or "as", other than one.
func (s *scanner) defined(kind wordKind, other string) []string {
	var names []string
	for i, w := range s.words {
		if i > 0 && w.kind == kind && w.text != other && slices.Contains([]string{"def", "as"}, s.words[i-1].text) {
			names = append(names, w.text)
		}
	}
	return names
}

// functions are what jq and the prelude define.
type functions struct {
	names   []string
	arities map[string][]string
}

var builtins = sync.OnceValue(func() functions {
	f := functions{arities: map[string][]string{}}
	add := func(name, arity string) {
		f.names = append(f.names, name)
		f.arities[name] = append(f.arities[name], arity)
	}
	for _, d := range prelude() {
		add(d.Name, strconv.Itoa(len(d.Args)))
	}
	query, err := gojq.Parse("builtins[]")
	if err != nil {
		panic(err) // a constant
	}
	for signatures := query.Run(nil); ; {
		v, ok := signatures.Next()
		if !ok {
			break
		}
		if signature, ok := v.(string); ok {
			name, arity, _ := strings.Cut(signature, "/")
			if _, no := refused[name]; !no && !slices.Contains(f.arities[name], arity) {
				add(name, arity)
			}
		}
	}
	for _, arities := range f.arities {
		slices.Sort(arities)
	}
	slices.Sort(f.names)
	f.names = slices.Compact(f.names)
	return f
})
