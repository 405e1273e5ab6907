"""The vocabulary of the planted corpus: 24 research areas and what they share.

Everything here is made up for testing; venues do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Course = Literal["steady", "rising", "fading", "born late", "burst"]


@dataclass(frozen=True)
class Area:
    """One research area: what it studies, with what, what it measures, where it publishes."""

    name: str
    course: Course
    subjects: tuple[str, ...]
    methods: tuple[str, ...]
    measures: tuple[str, ...]
    venues: tuple[str, ...]


def _area(name: str, course: Course, subjects: str, methods: str, measures: str, venues: str) -> Area:
    return Area(name, course, *(tuple(part.strip() for part in text.split(";"))
                                for text in (subjects, methods, measures, venues)))  # fmt: skip


AREAS: tuple[Area, ...] = (
    _area(
        "Legged locomotion",
        "rising",
        "quadruped robots; bipedal walking; legged locomotion; stair climbing; uneven terrain; gait transitions; "
        "humanoid balance; foot contacts; push recovery; agile jumping; torque-controlled legs; rough-ground trotting",
        "whole-body control; model predictive control of the legs; gait optimisation; proprioceptive feedback; "
        "trajectory optimisation over contacts; central pattern generators; reinforcement learning for gaits; "
        "zero-moment-point planning",
        "walking speed; cost of transport; fall rate; slip ratio; payload; stride length",
        "Journal of Walking Machines; Conference on Field Robots; Letters in Dynamic Motion",
    ),
    _area(
        "Perovskite solar cells",
        "steady",
        "perovskite solar cells; halide perovskite films; tandem photovoltaics; grain boundaries; hole transport layers; "
        "ion migration; lead-free absorbers; charge extraction; thin-film crystallisation; band-gap tuning; "
        "interface passivation; moisture degradation",
        "spin coating; photoluminescence mapping; impedance spectroscopy; additive engineering; vapour deposition; "
        "drift-diffusion simulation; surface passivation; X-ray diffraction",
        "power conversion efficiency; open-circuit voltage; carrier lifetime; fill factor; trap density; hysteresis",
        "Photovoltaic Materials; Annals of Thin Films; Solar Energy Letters",
    ),
    _area(
        "Gut microbiome",
        "steady",
        "gut microbiota; intestinal bacteria; short-chain fatty acids; faecal transplants; dysbiosis; dietary fibre; "
        "mucosal immunity; infant microbiomes; bile acid metabolism; probiotic strains; intestinal permeability; "
        "antibiotic exposure",
        "16S sequencing; shotgun metagenomics; germ-free mice; metabolomic profiling; strain tracking; "
        "faecal sampling; microbial co-occurrence networks; dietary intervention",
        "microbial diversity; butyrate levels; inflammation markers; strain abundance; colonisation rate; gut transit time",
        "Microbial Host Interactions; Journal of Intestinal Ecology; Gut Science Reports",
    ),
    _area(
        "Coral reef ecology",
        "steady",
        "coral reefs; coral bleaching; reef fish assemblages; marine heatwaves; symbiotic algae; larval settlement; "
        "herbivorous fishes; reef restoration; crustose algae; lagoon sediments; spawning corals; macroalgal overgrowth",
        "underwater transects; photogrammetry of reefs; larval rearing; baited video; thermal stress assays; "
        "coral nurseries; environmental DNA; reef accretion surveys",
        "live coral cover; bleaching severity; settlement density; calcification rate; fish biomass; recruit survival",
        "Reef Studies; Marine Ecology Record; Tropical Oceans",
    ),
    _area(
        "Exoplanet atmospheres",
        "steady",
        "exoplanet atmospheres; hot Jupiters; transmission spectra; secondary eclipses; cloud decks; water vapour "
        "absorption; sub-Neptunes; stellar contamination; atmospheric escape; phase curves; terrestrial planets; haze layers",
        "transit spectroscopy; atmospheric retrieval; high-resolution cross-correlation; radiative transfer modelling; "
        "general circulation models; light-curve detrending; opacity line lists; direct imaging",
        "transit depth; equilibrium temperature; metallicity; carbon-to-oxygen ratio; scale height; mixing ratios",
        "Planetary Spectra; Astronomical Worlds; Letters on Distant Suns",
    ),
    _area(
        "Quantum error correction",
        "rising",
        "surface codes; logical qubits; stabiliser measurements; syndrome decoding; fault-tolerant gates; magic states; "
        "leakage errors; bosonic codes; qubit crosstalk; code distance; colour codes; lattice surgery",
        "minimum-weight matching; tensor-network decoding; randomised benchmarking; belief propagation decoding; "
        "flag qubits; dynamical decoupling; superconducting circuits; trapped-ion experiments",
        "logical error rate; error threshold; gate fidelity; coherence time; decoding latency; qubit overhead",
        "Quantum Codes; Transactions on Qubits; Fault Tolerance Letters",
    ),
    _area(
        "Speech recognition",
        "fading",
        "automatic speech recognition; acoustic models; accented speech; far-field microphones; conversational speech; "
        "low-resource languages; phoneme alignment; streaming transcription; speaker overlap; pronunciation lexicons; "
        "noisy recordings; code-switched utterances",
        "connectionist temporal classification; beam-search decoding; spectrogram augmentation; hidden Markov models; "
        "self-supervised speech encoders; language-model rescoring; speaker adaptation; pronunciation modelling",
        "word error rate; phone error rate; real-time factor; transcription latency; lexicon coverage; signal-to-noise ratio",
        "Spoken Language Workshop; Acoustics and Speech; Transcription Systems",
    ),
    _area(
        "Protein structure",
        "steady",
        "protein folding; protein structures; side-chain packing; membrane proteins; disordered regions; binding pockets; "
        "multimeric assemblies; homologous sequences; enzyme active sites; loop conformations; antibody design; residue contacts",
        "cryo-electron microscopy; multiple sequence alignment; molecular dynamics; inverse folding; nuclear magnetic "
        "resonance; docking simulations; coevolution analysis; rotamer sampling",
        "root-mean-square deviation; contact precision; binding affinity; melting temperature; fold recall; resolution in angstroms",
        "Structural Biology Record; Proteins in Silico; Journal of Macromolecules",
    ),
    _area(
        "Urban air quality",
        "steady",
        "urban air pollution; fine particulate matter; nitrogen dioxide; traffic emissions; low-cost sensors; street "
        "canyons; ozone episodes; wood-smoke; commuter exposure; ultrafine particles; low-emission zones; wildfire smoke",
        "land-use regression; dispersion modelling; mobile monitoring; satellite aerosol retrieval; sensor calibration; "
        "source apportionment; chemical transport models; personal exposure monitors",
        "PM2.5 concentration; exceedance days; exposure reduction; sensor drift; emission factors; premature deaths",
        "City Air; Atmospheric Exposure; Journal of Clean Cities",
    ),
    _area(
        "Sleep and memory",
        "steady",
        "memory consolidation; slow-wave sleep; sleep spindles; hippocampal replay; sleep deprivation; dream recall; "
        "circadian timing; declarative memory; napping; REM sleep; adolescent sleep; emotional memories",
        "polysomnography; targeted memory reactivation; closed-loop auditory stimulation; actigraphy; word-pair learning; "
        "overnight EEG; transcranial stimulation; wake therapy",
        "spindle density; recall performance; sleep latency; slow-wave amplitude; reaction time; sleep efficiency",
        "Sleep and Cognition; Neural Rhythms; Memory Research Notes",
    ),
    _area(
        "Medieval manuscripts",
        "steady",
        "medieval manuscripts; scribal hands; illuminated initials; parchment folios; monastic libraries; marginal glosses; "
        "vernacular chronicles; palimpsests; liturgical books; codex bindings; royal charters; lost exemplars",
        "palaeographic comparison; multispectral imaging; stemmatic reconstruction; codicological description; "
        "pigment analysis; diplomatic transcription; handwritten text recognition; provenance research",
        "scribal variants; quire structure; dating precision; ink composition; textual agreement; character error rate",
        "Codex Studies; Journal of Old Books; Manuscript Cultures",
    ),
    _area(
        "Battery degradation",
        "rising",
        "lithium-ion batteries; battery ageing; lithium plating; solid electrolytes; dendrite growth; cathode cracking; "
        "fast charging; electrode slurries; second-life cells; state of health; thermal runaway; silicon anodes",
        "accelerated cycling; electrochemical impedance; incremental capacity analysis; operando X-ray tomography; "
        "equivalent-circuit models; calendar ageing tests; coulombic titration; pulse testing",
        "capacity retention; cycle life; internal resistance; coulombic efficiency; energy density; charging time",
        "Electrochemical Storage; Cells and Packs; Journal of Battery Life",
    ),
    _area(
        "Pandemic epidemiology",
        "burst",
        "respiratory epidemics; contact tracing; viral transmission; superspreading events; school closures; vaccine "
        "uptake; wastewater surveillance; quarantine policies; hospital admissions; asymptomatic infections; "
        "antigen testing; variant emergence",
        "compartmental models; contact surveys; genomic surveillance; agent-based epidemics; seroprevalence studies; "
        "nowcasting of cases; mobility data; renewal equations",
        "reproduction number; incidence; case fatality; infection attack rate; hospital occupancy; generation interval",
        "Epidemic Dynamics; Journal of Outbreaks; Population Health Letters",
    ),
    _area(
        "Large language model agents",
        "born late",
        "language model agents; tool use by agents; multi-step planning; prompt injection; agent memory; web navigation "
        "agents; code-writing agents; multi-agent debate; instruction following; agent evaluation; function calling; "
        "self-reflection loops",
        "chain-of-thought prompting; retrieval augmentation; preference tuning; sandboxed execution; trajectory "
        "filtering; scaffolded prompting; tool schemas; self-consistency voting",
        "task success rate; tokens per task; tool-call errors; human preference; plan length; refusal rate",
        "Agents and Language; Conference on Tool Use; Prompting Letters",
    ),
    _area(
        "Glacier dynamics",
        "steady",
        "glacier flow; ice-sheet retreat; calving fronts; subglacial hydrology; ice shelves; snow accumulation; "
        "meltwater lakes; grounding lines; mountain glaciers; basal sliding; firn layers; ice cores",
        "satellite altimetry; ice-penetrating radar; feature tracking; full-Stokes modelling; stake measurements; "
        "gravimetry; interferometric radar; borehole thermometry",
        "ice velocity; mass balance; surface elevation change; calving rate; melt volume; sea-level contribution",
        "Cryosphere Record; Ice and Snow; Polar Earth Letters",
    ),
    _area(
        "Bird migration",
        "steady",
        "migratory birds; stopover sites; nocturnal flight; songbird navigation; flyway connectivity; moulting grounds; "
        "wind drift; shorebird declines; magnetic compass; departure timing; wintering ranges; storm petrels",
        "geolocator tagging; weather radar; ringing recoveries; stable-isotope assignment; GPS loggers; citizen "
        "sightings; flight tunnel tests; occupancy modelling of birds",
        "arrival date; flight altitude; body mass gain; survival probability; migration speed; range shift",
        "Avian Movements; Journal of Flyways; Field Ornithology",
    ),
    _area(
        "Graph algorithms",
        "fading",
        "shortest paths; planar graphs; maximum matchings; graph colouring; dynamic connectivity; spanning trees; "
        "network flows; parameterised complexity; treewidth; clique enumeration; cut sparsifiers; expander decompositions",
        "amortised analysis; linear programming duality; randomised contraction; kernelisation; divide-and-conquer "
        "separators; lower-bound reductions; approximation schemes; data-structure sketches",
        "running time; approximation ratio; query time; space complexity; competitive ratio; update time",
        "Symposium on Graphs; Discrete Computation; Algorithms Quarterly",
    ),
    _area(
        "Soil carbon",
        "steady",
        "soil organic carbon; cover crops; no-till farming; root exudates; mineral-associated carbon; peatland drainage; "
        "biochar amendments; grassland soils; litter decomposition; earthworm activity; soil respiration; agroforestry",
        "soil coring; isotopic labelling; eddy covariance; incubation experiments; near-infrared spectroscopy; "
        "long-term plots; density fractionation; turnover modelling",
        "carbon stock; sequestration rate; bulk density; microbial biomass; nitrous oxide flux; residence time",
        "Soils and Land; Carbon Farming; Journal of Earth Cover",
    ),
    _area(
        "Retinal imaging",
        "rising",
        "retinal fundus images; diabetic retinopathy; optical coherence tomography; macular degeneration; glaucoma "
        "screening; retinal vessels; optic disc segmentation; drusen deposits; premature infants' retinas; choroidal "
        "thickness; visual fields; corneal scans",
        "vessel segmentation; adaptive optics; lesion grading; OCT angiography; tele-screening; fundus autofluorescence; "
        "layer segmentation; perimetry",
        "referral sensitivity; cup-to-disc ratio; lesion volume; grading agreement; retinal thickness; visual acuity",
        "Eye Imaging; Ophthalmic Methods; Vision Clinics",
    ),
    _area(
        "Microfinance and poverty",
        "fading",
        "microfinance loans; rural households; women borrowers; savings groups; cash transfers; informal lenders; "
        "smallholder insurance; village banks; loan repayment; mobile money; poverty traps; household consumption",
        "randomised encouragement; household panels; difference-in-differences; lending field trials; consumption diaries; "
        "instrumental variables; village censuses; lab-in-the-field games",
        "household income; default rate; consumption smoothing; business profits; school enrolment; savings balance",
        "Development Finance; Journal of Rural Economies; Poverty and Policy",
    ),
    _area(
        "Gravitational waves",
        "steady",
        "gravitational waves; binary black holes; neutron-star mergers; interferometer noise; ringdown modes; "
        "stochastic backgrounds; kilonova counterparts; pulsar timing; spin precession; waveform templates; "
        "standard sirens; glitch transients",
        "matched filtering; numerical relativity; parameter estimation of mergers; squeezed light; pulsar timing arrays; "
        "effective-one-body waveforms; glitch subtraction; electromagnetic follow-up",
        "chirp mass; signal-to-noise of mergers; merger rate; sky localisation; Hubble constant; effective spin",
        "Spacetime Signals; Compact Objects; Journal of Relativity Data",
    ),
    _area(
        "Bilingual child language",
        "steady",
        "bilingual children; heritage languages; vocabulary growth; infant word segmentation; code-mixing at home; "
        "grammatical gender; parental input; narrative skills; late talkers; phonological awareness; minority-language "
        "schooling; language dominance",
        "head-turn preference; parental questionnaires; picture naming; longitudinal recordings; eye-tracking of words; "
        "elicited imitation; corpus transcription; story retelling",
        "vocabulary size; mean length of utterance; naming accuracy; looking time; exposure share; error patterns",
        "Child Language Notes; Bilingual Minds; Acquisition Quarterly",
    ),
    _area(
        "Fusion plasma",
        "steady",
        "tokamak plasmas; edge-localised modes; stellarator coils; plasma turbulence; divertor heat loads; disruptions; "
        "runaway electrons; tritium breeding; pedestal stability; neutral-beam heating; plasma-facing tungsten; alpha particles",
        "gyrokinetic simulation; Thomson scattering; magnetic equilibrium reconstruction; pellet injection; "
        "disruption prediction; bolometry; resonant perturbations; magnetohydrodynamic modelling",
        "confinement time; plasma current; normalised beta; heat flux; triple product; safety factor",
        "Fusion Record; Magnetised Plasmas; Reactor Physics Letters",
    ),
    _area(
        "Street art and cities",
        "fading",
        "street art; graffiti murals; gentrifying neighbourhoods; urban regeneration; public walls; mural festivals; "
        "heritage districts; creative quarters; informal signage; neighbourhood identity; tourist itineraries; contested spaces",
        "walking interviews; photo-documentation; spatial ethnography; archival mapping; visual discourse analysis; "
        "participatory mapping; policy tracing; neighbourhood surveys",
        "rent change; visitor numbers; mural density; place attachment; removal rate; resident perception",
        "Urban Cultures; Walls and Places; Journal of City Life",
    ),
)

SHARED_SUBJECTS: tuple[str, ...] = (
    "long-term observations", "limited data", "seasonal variation", "rare events", "large-scale surveys",
    "experimental cohorts", "spatial heterogeneity", "measurement noise", "open data sets", "regional differences",
    "individual variability", "historical records", "early warning signs", "complex systems", "multiple scales",
    "changing conditions", "external disturbances", "feedback effects", "underlying mechanisms", "field conditions",
)  # fmt: skip

SHARED_METHODS: tuple[str, ...] = (
    "Bayesian inference", "deep neural networks", "mixed-effects regression", "numerical simulation",
    "random forests", "time-series analysis", "a meta-analysis", "controlled experiments", "principal component analysis",
    "machine learning", "cross-validation", "expert annotation", "semi-structured interviews", "spectral analysis",
    "sensitivity analysis", "transfer learning", "Monte Carlo sampling", "cluster analysis",
)  # fmt: skip

SHARED_MEASURES: tuple[str, ...] = (
    "accuracy", "uncertainty", "effect size", "robustness", "sample efficiency", "reproducibility", "cost",
    "variability", "response time", "predictive skill", "agreement between raters", "long-term stability",
)  # fmt: skip

COUNTRIES: tuple[str, ...] = (
    "Brazil", "Canada", "China", "France", "Germany", "India", "Italy", "Japan", "Kenya", "Netherlands",
    "Norway", "South Korea", "Spain", "United Kingdom", "United States",
)  # fmt: skip

GIVEN_NAMES: tuple[str, ...] = (
    "Ada", "Amara", "Bao", "Carla", "Daniel", "Elif", "Farah", "Gita", "Hugo", "Ines", "Jonas", "Kofi", "Lena",
    "Mateo", "Nia", "Olga", "Priya", "Quentin", "Rosa", "Sven", "Tomas", "Uma", "Viktor", "Wei", "Yuki", "Zoe",
)  # fmt: skip

FAMILY_NAMES: tuple[str, ...] = (
    "Abara", "Bianchi", "Castro", "Dubois", "Eriksen", "Fischer", "Gupta", "Haddad", "Ito", "Jansen", "Kowalski",
    "Larsen", "Moreau", "Nakamura", "Okafor", "Petrov", "Quispe", "Rossi", "Silva", "Tanaka", "Ueda", "Vega",
    "Weber", "Xu", "Yilmaz", "Zhang",
)  # fmt: skip
