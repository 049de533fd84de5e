package infra

// appSetting is one that the app gets, and where.
type appSetting struct {
	name  string
	value *node
	file  *file
}

// appSettings returns those that a template gives to the app.
func (t *template) appSettings() []appSetting {
	var list []appSetting
	for _, f := range t.sorted() {
		for _, d := range f.of("resource") {
			name, _ := d.value.at("name").literal()
			if d.resourceType() == "Microsoft.Web/sites/config" && name == "appsettings" {
				list = append(list, t.objects(f, d.value.at("properties"))...)
			}
		}
	}
	return list
}

// objects returns the properties of an expression that is an object, a union of
// some, or a parameter that modules give one.
func (t *template) objects(f *file, n *node) []appSetting {
	var list []appSetting
	for _, p := range n.properties() {
		list = append(list, appSetting{name: p.key, value: p.value, file: f})
	}
	if name, arguments := n.call(); name == "union" {
		for _, argument := range arguments {
			list = append(list, t.objects(f, argument)...)
		}
	}
	if f.find("parameter", n.String()) == nil {
		return list
	}
	for _, caller := range t.sorted() {
		for _, module := range caller.of("module") {
			if given := module.value.at("params", n.text); given != nil && t.target(caller, module) == f {
				list = append(list, t.objects(caller, given)...)
			}
		}
	}
	return list
}

// value returns the setting of a name, or false.
func value(list []appSetting, name string) (appSetting, bool) {
	for _, s := range list {
		if s.name == name {
			return s, true
		}
	}
	return appSetting{}, false
}
