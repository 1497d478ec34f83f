package embedding_test

import (
	"testing"

	"rolecall/embedding"
	"rolecall/title"
)

func similarity(t *testing.T, m *embedding.Static, a, b string) float32 {
	t.Helper()
	u, v := make([]float32, m.Dimension()), make([]float32, m.Dimension())
	m.EmbedInto(u, title.Normalize(a))
	m.EmbedInto(v, title.Normalize(b))
	var sum float32
	for i := range u {
		sum += u[i] * v[i]
	}
	return sum
}

func TestTheModelInTheBinaryKnowsWorkAcrossLanguages(t *testing.T) {
	m, err := embedding.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ title, near, far string }{
		{"Buchhalter", "Accountant", "Nurse"},
		{"Krankenschwester", "Registered Nurse", "Software Developer"},
		{"Responsable des achats", "Purchasing Manager", "Marketing Manager"},
		{"Responsable RH", "HR Manager", "Marketing Manager"},
		{"SDR", "Inside Sales Representative", "Software Developer"},
		{"RevOps", "Sales Operations Manager", "Nurse"},
		{"GF", "CEO", "Accountant"},
		{"Assistant to the CEO", "Executive Assistant", "Software Developer"},
		{"VP of Marketing", "Marketing Intern", "VP of Sales"},
		{"Директор по маркетингу", "Marketing Director", "Sales Director"},
		{"Desarrollador de software", "Software Developer", "Sales Representative"},
	} {
		near, far := similarity(t, m, c.title, c.near), similarity(t, m, c.title, c.far)
		if near < far+0.2 {
			t.Errorf("%s: %.2f to %s, %.2f to %s", c.title, near, c.near, far, c.far)
		}
	}
}

func benchmarkEmbed(b *testing.B, titles []string) {
	m, err := embedding.NewStatic()
	if err != nil {
		b.Fatal(err)
	}
	for i, t := range titles {
		titles[i] = title.Normalize(t)
	}
	dst := make([]float32, m.Dimension())
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		m.EmbedInto(dst, titles[i%len(titles)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "titles/s")
}

// product is every combination of the parts: enough different titles that the rows they need do not all stay in the nearest cache.
func product(format []string, parts ...[]string) []string {
	titles := format
	for _, part := range parts {
		var next []string
		for _, t := range titles {
			for _, p := range part {
				next = append(next, t+" "+p)
			}
		}
		titles = next
	}
	return titles
}

func BenchmarkEnglish(b *testing.B) {
	benchmarkEmbed(b, product([]string{"Senior", "Junior", "Global", "Regional", "Assistant", "Lead", "Head of", "VP", "Interim"},
		[]string{"Marketing", "Sales", "Software Engineering", "Human Resources", "Finance", "Procurement", "Customer Success", "Data", "Legal",
			"Product", "Warehouse", "Security", "Nursing", "Design"},
		[]string{"Manager", "Director", "Specialist", "Consultant", "Coordinator", "Analyst", "Officer", "Intern", "Partner", "Engineer"}))
}

func BenchmarkCyrillic(b *testing.B) {
	benchmarkEmbed(b, product([]string{"Главный", "Старший", "Младший", "Ведущий", "Заместитель"},
		[]string{"специалист", "инженер", "менеджер", "руководитель отдела", "бухгалтер", "аналитик", "консультант"},
		[]string{"по маркетингу", "по продажам", "по персоналу", "по закупкам", "по безопасности", "разработки", "по логистике", "по качеству"}))
}

func BenchmarkNewStatic(b *testing.B) {
	for range b.N {
		if _, err := embedding.NewStatic(); err != nil {
			b.Fatal(err)
		}
	}
}
