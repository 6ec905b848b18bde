"""Words that mean one thing, in English and Spanish: topics, units, currencies, languages. Data."""

import re
from collections.abc import Iterable, Mapping

from filon.practice.skills.matching import fold, stem, words

# The words of one idea stand between semicolons, and the first names it.
_IDEAS = """
weather forecast temperature rain rainy raining snow sunny cloudy cold hot warm umbrella humidity
wind windy climate meteorological clima tiempo pronostico temperatura llover llueve llovera lluvia
nevar frio calor paraguas humedad viento meteorologico meteorologia; search lookup google internet
web online buscar busca buscame busque busqueda googlea find encuentra encontrar; event meeting
appointment calendar schedule agenda evento reunion cita calendario programa programar agendar;
reminder remind recordatorio recuerdame recordarme alarm alarma; calculate calculator calculation
compute math mathematical arithmetic calcula calcular calculadora calculo matematica aritmetica;
mail email emails inbox correo correos; text sms whatsapp message mensaje; translate translation
translator traducir traduce traduceme traduzca traduccion traductor; convert conversion converter
convertir convierte convierteme pasar conversor; unit units measurement unidad unidades medida;
currency exchange forex divisa divisas moneda monedas cambio; stock stocks share shares ticker
accion acciones bolsa bursatil; price prices cost costs quote trading worth precio precios cuesta
cuestan cotizacion cotiza vale; flight flights fly flying plane airline airlines vuelo vuelos
volar avion aerolinea; hotel hotels lodging accommodation hoteles alojamiento habitacion;
restaurant restaurants dinner eat restaurante restaurantes cenar comer mesa; database sql base
table rows records bd tabla tablas registros; news headlines headline noticia noticias titulares;
clock timezone hour hora horario huso time; music song songs playlist musica cancion canciones;
light lights lamp lamps luz luces lampara; thermostat heating termostato calefaccion; order orders
purchase pedido pedidos compra; shipment package tracking parcel delivery paquete envio
seguimiento; file files folder archivo archivos fichero ficheros carpeta; route directions
distance map ruta direcciones distancia mapa; task tasks tarea tareas pendiente; ticket tickets
issue incident incidencia incidencias; customer customers client clients cliente clientes; product
products item articulo producto productos; image picture photo drawing imagen foto dibujo; recipe
recipes receta recetas; movie movies film films pelicula peliculas; invoice bill billing charged
charge refund payment factura facturas cobro cobrado reembolso pago; contact contacts phonebook
contacto contactos; document documents documentation docs documento documentos documentacion; code
python script program codigo programa; positive good great excellent love loved loves amazing
wonderful happy satisfied fantastic perfect recommend positivo positiva bueno buena genial
excelente encanta encanto maravilloso feliz contento contenta satisfecho satisfecha fantastico
perfecto recomiendo; negative bad terrible awful hate hated horrible disappointed disappointing
worst angry broken negativo negativa malo mala pesimo pesima horrible decepcionado decepcionada
decepcion odio enfadado enojado roto rota peor; neutral okay average normal regular; high urgent
critical asap important alta alto urgente critico critica importante; medium moderate media medio
moderada; low minor baja bajo leve menor; celsius centigrade centigrados centigrado; fahrenheit;
metric metrico metrica; imperial; red rojo roja; blue azul; green verde; black negro negra; white
blanco blanca; yellow amarillo amarilla; large big grande; small pequeno pequena chico; technical
crash error bug login password tecnico fallo contrasena; one-way oneway ida; economy turista
economica economico; business ejecutiva ejecutivo negocios; work job trabajo empleo; home house
casa hogar; create add new make crea crear anade anadir agrega agregar nuevo nueva haz; send sends
envia enviale enviar manda mandale mandar; delete remove erase borra borrar elimina eliminar
quita; cancel cancelar cancela anula anular; update change edit modify set actualiza actualizar
cambia cambiar modifica pon; read open lee leer abre abrir; write draft escribe escribir redacta;
book reserve reservation booking reserva reservar reservame; play reproduce reproducir; turn
switch enciende encender apaga apagar; count many cuantos cuantas
"""

_LANGUAGES = """
en English ingles inglesa; es Spanish espanol espanola castellano; fr French frances francesa; de
German aleman alemana; it Italian italiano italiana; pt Portuguese portugues portuguesa; nl Dutch
neerlandes holandes; ru Russian ruso rusa; zh Chinese chino mandarin; ja Japanese japones
japonesa; ko Korean coreano; ar Arabic arabe; ca Catalan catala; gl Galician gallego galego; eu
Basque euskera vasco; pl Polish polaco; sv Swedish sueco; tr Turkish turco; el Greek griego; hi
Hindi
"""

_CURRENCIES = """
USD dollar dollars usd dolar dolares $ us$; EUR euro euros eur €; GBP pound sterling gbp libras
esterlinas £; JPY yen yens jpy yenes ¥; MXN peso pesos mxn mexicanos; ARS ars argentinos; COP cop
colombianos; CLP clp chilenos; CHF franc francs chf francos; CNY yuan cny yuanes renminbi; BRL
real reais brl reales; INR rupee rupees inr rupias ₹; CAD cad; AUD aud; PEN soles pen; BTC bitcoin
bitcoins btc
"""

_UNITS = """
kilometer kilometers kilometre kilometres km kms kilometro kilometros; mile miles mi milla millas;
meter meters metre metres m metro metros; centimeter centimeters cm centimetro centimetros;
millimeter millimeters mm milimetro milimetros; foot feet ft pie pies; inch inches in pulgada
pulgadas; yard yards yd yarda yardas; kilogram kilograms kg kgs kilo kilos kilogramo kilogramos;
gram grams g gr gramo gramos; pound pounds lb lbs libra libras; ounce ounces oz onza onzas; liter
liters litre litres l litro litros; milliliter milliliters ml mililitro mililitros; gallon gallons
gal galon galones; celsius centigrade °c c centigrados; fahrenheit °f f; kelvin k; hour hours h
hora horas; minute minutes min minuto minutos; second seconds s segundo segundos; day days dia
dias; week weeks semana semanas; month months mes meses; year years ano anos
"""

_COMPANIES = """
AAPL apple; MSFT microsoft; GOOGL google alphabet; AMZN amazon; TSLA tesla; META meta facebook;
NVDA nvidia; NFLX netflix; IBM ibm; INTC intel; AMD amd; ORCL oracle; DIS disney; KO coca-cola
cocacola; SAN santander; TEF telefonica; ITX inditex
"""

_COUNTRIES = (
    "france spain italy germany japan china india brazil mexico argentina chile peru colombia "
    "portugal england uk usa us canada australia ireland greece switzerland austria belgium "
    "netherlands sweden norway denmark poland russia turkey egypt morocco kenya uruguay ecuador "
    "bolivia venezuela cuba francia espana italia alemania japon brasil grecia suiza inglaterra "
    "irlanda marruecos turquia california texas florida"
)
COUNTRIES = frozenset(_COUNTRIES.split())

# The units, folded and in the singular or the plural, in which a field of such a name is told.
_MEASURES = """
age edad : year years yrs old ano anos;
passenger passengers pasajeros traveler travelers people guests party person persons personas
adult adults adultos comensales invitados attendees : people person persons adult adults
passenger passengers guest guests traveler travelers seat seats personas persona adultos adulto
pasajeros pasajero viajeros comensales invitados;
price precio cost coste costo amount monto importe total budget presupuesto salary salario sueldo
fee revenue balance : $ us$ € £ ¥ ₹ dollar dollars euro euros pound pounds usd eur gbp dolares
dolar pesos peso soles libras;
duration duracion minutes minutos length : minute minutes min minuto minutos hour hours hora horas
h;
temperature temperatura degrees grados : degree degrees ° °c °f c f celsius fahrenheit grado
grados;
percent percentage porcentaje discount descuento rate tasa tax tip propina interest brightness
brillo volume volumen : % percent por;
weight peso : kg kgs kilo kilos kilogram kilograms g gr gram grams lb lbs pound pounds kilogramos
gramos;
height altura size distance distancia radius radio width : cm m km meter meters metre metres mile
miles mi foot feet ft kilometer kilometers kilometros metros centimetros millas;
limit max maximum top results count num k n maximo limite : result results resultados items
articles articulos entries options opciones sources fuentes;
night nights noches stay : night nights noche noches;
rating stars estrellas score puntuacion valoracion calificacion : star stars estrella estrellas
points puntos out;
days dias : day days dia dias;
hours horas : hour hours hora horas h;
weeks semanas : week weeks semana semanas;
experience experiencia years : year years ano anos;
quantity cantidad units unidades items copies : units unidades items pieces piezas copies x
"""

# Verbs and nouns that nearly every tool's description holds, so that they tell tools not apart.
_COMMON = (
    "get gets fetch fetches retrieve retrieves return returns show list lists give given provide "
    "provides current currently information info data detail user tool function use used using "
    "call value name string number parameter argument e.g eg example format iso optional required "
    "specific specified result results perform performs via by new obtener obtiene devuelve "
    "muestra lista dado dada actual informacion datos usuario herramienta funcion usar valor "
    "nombre cadena numero parametro ejemplo formato opcional need want like today now tell help "
    "hoy ahora quiero necesito ayuda day thing type text one two date what"
)


def rows(table: str) -> list[list[str]]:
    """The groups of words of such a table."""
    return [group.split() for group in table.split(";")]


def _by_stem(lines: Iterable[list[str]]) -> dict[str, str]:
    known: dict[str, str] = {}
    for line in lines:
        for word in line:
            known.setdefault(stem(fold(word)), line[0])
    return known


def _by_word(lines: Iterable[list[str]]) -> dict[str, str]:
    return {fold(word): line[0] for line in lines for word in line}


_IDEA_OF_WORD = _by_word(rows(_IDEAS))
_IDEA_OF_STEM = _by_stem(rows(_IDEAS))
_COMMON_WORDS = frozenset(_COMMON.split())
_COMMON_STEMS = frozenset(stem(word) for word in _COMMON_WORDS)
LANGUAGES: Mapping[str, str] = _by_word(rows(_LANGUAGES))
LANGUAGE_NAMES: Mapping[str, str] = {line[0]: line[1] for line in rows(_LANGUAGES)}
CURRENCIES: Mapping[str, str] = _by_word(rows(_CURRENCIES))
UNITS: Mapping[str, str] = _by_word(rows(_UNITS))
COMPANIES: Mapping[str, str] = _by_word(rows(_COMPANIES))

# What is done with a thing tells less of a tool than the thing.
ACTIONS = frozenset(
    {"create", "send", "delete", "cancel", "update", "read", "write", "book", "play", "turn"}
)

_JOINT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def idea(word: str) -> str:
    """What a folded word stands for: the idea it belongs to, or its own stem."""
    root = stem(word)
    # The word itself first: "news" is not "new", though their stems are one.
    return _IDEA_OF_WORD.get(word) or _IDEA_OF_STEM.get(root, root)


def is_common(word: str) -> bool:
    """Whether a folded word is one that tells tools not apart."""
    known = word in _IDEA_OF_WORD
    return word in _COMMON_WORDS or (not known and stem(word) in _COMMON_STEMS)


def _measures() -> dict[str, frozenset[str]]:
    known: dict[str, frozenset[str]] = {}
    for line in _MEASURES.split(";"):
        names, _, units = line.partition(":")
        for name in names.split():
            known.setdefault(stem(name), frozenset(units.split()))
    return known


# By the stem of a word in a field's name.
MEASURES: Mapping[str, frozenset[str]] = _measures()


def aligned(text: str) -> str:
    """The text folded letter by letter, so that places in it are places in the text."""
    if text.isascii():
        return text.lower()
    return "".join(folded if len(folded := fold(letter)) == 1 else letter for letter in text)


def name_words(name: str) -> list[str]:
    """The folded words of a name: `maxResults`, `max_results` and "max results" are the same."""
    return words(_JOINT.sub(" ", name))
