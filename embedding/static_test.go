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

func BenchmarkEnglish(b *testing.B) {
	benchmarkEmbed(b, []string{"Software Engineer", "Vice President of Marketing, EMEA", "Accountant", "Senior Product Manager",
		"Executive Assistant to the CEO", "Head of Customer Success", "Registered Nurse", "Director of Business Development",
		"Sales Development Representative", "Human Resources Manager"})
}

func BenchmarkCyrillic(b *testing.B) {
	benchmarkEmbed(b, []string{"Инженер-программист", "Руководитель отдела маркетинга", "Главный бухгалтер", "Менеджер по продажам",
		"Специалист по подбору персонала", "Директор по развитию бизнеса", "Медицинская сестра", "Заместитель генерального директора"})
}
