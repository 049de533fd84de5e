package mapping

import "testing"

func BenchmarkMapWorkItem(b *testing.B) {
	for _, file := range []string{"default-style.yaml", "ocean-default.yaml"} {
		b.Run(file, func(b *testing.B) {
			resources := load(b, file).Resources
			resource := resources[len(resources)-1]
			item := decode(b, workItem)
			b.ReportAllocs()
			for b.Loop() {
				if result := resource.Map(b.Context(), item); len(result.Entities) != 1 {
					b.Fatalf("%+v", result)
				}
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b, "ocean-default.yaml")
	}
}
