import pytest

from pipeline.languages import detect_language

SENTENCES = [
    ("en", "We study how bees choose between flowers when nectar is scarce and the wind is strong."),
    ("en", "Novel architecture improves accuracy on three benchmarks"),
    ("de", "Wir untersuchen, wie Bienen zwischen Blüten wählen, wenn der Nektar knapp ist und der Wind stark weht."),
    ("fr", "Nous étudions comment les abeilles choisissent entre les fleurs lorsque le nectar est rare."),
    ("es", "Estudiamos cómo las abejas eligen entre flores cuando el néctar escasea y el viento es fuerte."),
    ("pt", "Estudamos como as abelhas escolhem entre flores quando o néctar é escasso e o vento é forte."),
    ("it", "Studiamo come le api scelgono tra i fiori quando il nettare è scarso e il vento è forte."),
    ("nl", "Wij onderzoeken hoe bijen tussen bloemen kiezen wanneer de nectar schaars is en de wind hard waait."),
    ("sv", "Vi undersöker hur bin väljer mellan blommor när nektarn är knapp och vinden är stark."),
    ("pl", "Badamy, jak pszczoły wybierają między kwiatami, gdy nektaru jest mało, a wiatr wieje mocno."),
    ("ru", "Мы изучаем, как пчёлы выбирают между цветами, когда нектара мало, а ветер силён."),
    ("zh", "我们研究蜜蜂在花蜜稀少且风力强劲时如何在花朵之间进行选择。"),
    ("ja", "花の蜜が少なく風が強いとき、ミツバチがどのように花を選ぶのかを調べる。"),
]


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_languages_are_told(language, sentence):
    assert detect_language(sentence) == language


@pytest.mark.parametrize("text", ["", "x", "12 34 56 78 90", "ok ok"])
def test_unsure_is_said(text):
    assert detect_language(text) == "und"
