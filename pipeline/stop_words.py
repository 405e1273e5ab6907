"""Words that name no topic: function words, the phrases every paper uses, and what LaTeX leaves behind.

Written for scholarly English. Three kinds, because they do different harm:

- `BREAKING` words end a phrase: no keyword or label contains them (``of`` may stand inside one:
  "mixture of experts").
- `HOLLOW` words mean something only inside a phrase: "model" alone says nothing, "diffusion model" does.
- `WEAK_HEADS` may stand inside a phrase, and a label does not end with them.
"""

from __future__ import annotations

CUES_OF_A_VERB = frozenset(
    """to we can cannot could will would may might must should shall not they i you who do does did also
    then often typically directly automatically simultaneously jointly""".split()
)
"""A word that often follows one of these is a verb."""

DETERMINERS = frozenset("the a an our its their this these those such any each every both all".split())
"""A word that is often followed by one of these is a verb, too: "improving the"."""

_FUNCTION_WORDS = """
a about above across actually after again against ahead all almost alone along already also although always am amid
among amongst an and another any anybody anyone anything anyway anywhere apart are aren't around as aside at away
back be became because become becomes becoming been before beforehand behind being below beside besides between beyond
both but by came can can't cannot come comes could couldn't did didn't do does doesn't doing don't done down due during
each either else elsewhere enough especially et etc even ever every everyone everything everywhere except far few
fewer for former formerly from further furthermore gave get gets getting give given gives giving go goes going gone got
had hadn't hardly has hasn't have haven't having he hence her here hereby herein hers herself him himself his hitherto
how however i ie if in indeed inside instead into is isn't it it's its itself just keep keeps kept last lastly later
latter least less let let's like likely made mainly make makes making many may maybe me meanwhile might mine more
moreover most mostly much must my myself namely near nearly neither never nevertheless next no nobody none nonetheless
nor not nothing notwithstanding now nowadays nowhere of off often on once one ones only onto or other others otherwise
ought our ours ourselves out outside over own per perhaps please plus put quite rather really regarding regardless
same say says seem seemed seems self several shall she should shouldn't since so some somehow someone something
sometimes somewhat somewhere soon still such take taken takes taking than that that's the their theirs them themselves
then thence there thereafter thereby therefore therein these they thing things this those though through throughout
thus to together too took toward towards twice two under unless unlike until up upon us use used useful user's uses
using usually versus very via vs want was wasn't way ways we we're well went were weren't what whatever when whence
whenever where whereas whereby wherein wherever whether which while whilst who whoever whole whom whose why will with
within without won't would wouldn't yes yet you your yours yourself yourselves
one two three four five six seven eight nine ten eleven twelve dozen dozens hundred hundreds thousand thousands million
millions billion billions first second third fourth fifth firstly secondly thirdly finally half twofold threefold
i.e e.g cf al ii iii iv vi vii viii ix
"""

_SCHOLARLY = """
abstract accompanied according accordingly account accounts achieve achieved achievement achievements achieves
achieving acknowledge additional additionally address addressed addresses addressing adopt adopted adopting adopts
advance advanced advancement advancements advances advantage advantageous advantages affect affected affects aim aimed
aiming aims allow allowed allowing allows alternatively amount amounts analyse analysed analyses analysing analyze
analyzed analyzes analyzing appear appears applicable applied applies apply applying appropriate approach approaches
approximately arbitrary argue argued argues arise arises arising article articles aspect aspects assess assessed
assessing assume assumed assumes assuming attempt attempts attracted author authors available
avoid avoiding avoids based basic basically become begin begins benefit benefits best better bring bringing brings
broad broader broadly build building builds built call called calls capable captured captures capturing carefully
carried carry case cases cause caused causes causing certain challenge challenged challenges challenging changed
choose choosing chosen claim claims clear clearly closely code codes combine combined combines combining common
commonly comparable compare compared compares comparing comparison comparisons competitive complement complementary
complete completely comprehensive comprehensively comprise comprises conceptual conclude concluded concludes conclusion
conclusions conduct conducted conducting confirm confirmed confirms consequently consider considerable considerably
considered considering considers consist consistently consisting consists construct constructed constructing constructs
contain contained containing contains contrary contrast contrasting contribute contributes contributing contribution
contributions conventional conventionally copyright correct correctly corresponding corresponds could cover covering
covers create created creates creating critical critically crucial crucially current currently date deal dealing deals
decade decades define defined defines defining deliver delivers demand demanding demands demonstrate demonstrated
demonstrates demonstrating demonstration depend depending depends derive derived derives deriving describe described
describes describing description deserve design designed designing designs desirable desired despite detail detailed
details determine determined determines determining develop developed developing development developments develops
devise devised differ difference differences different differently differing difficult difficulties difficulty direct
directly discover discovered discuss discussed discusses discussing discussion distinct diverse dramatic dramatically
draw drawing draws earlier early ease easier easily easy effect effective effectively effectiveness effects efficacy
efficiently effort efforts elegant elaborate elucidate emerge emerged emergence emerges emerging emphasise emphasize
empirical empirically employ employed employing employs enable enabled enables enabling encounter encourage
encouraging end enhance enhanced enhancement enhances enhancing enjoy enjoys ensure ensured ensures ensuring entire
entirely equally equip equipped essential essentially establish established establishes establishing estimate estimated
estimates evaluate evaluated evaluates evaluating evaluation evaluations evidence evident examine examined examines
examining example examples excellent exceed exceeds exhibit exhibited exhibits exist existed existing
exists expect expected expects expensive experiment experimental experimentally experiments explain explained explains
explicit explicitly exploit exploited exploiting exploits explore explored explores exploring extend extended extending
extends extension extensions extensive extensively extent extra extract extracted extracting extracts extreme extremely
facilitate facilitates facilitating fact factor factors fail failed failing fails fairly fall falls family
favourable favorably feasible figure finding findings find finds focus focused focuses focusing follow followed
following follows form formal formally forms formulate formulated formulates formulation formulations fortunately
found framework frameworks frequently fully function functionality functions fundamental fundamentally future gain
gained gaining gains gap gaps general generally generic github github.com goal goals good great greater greatest greatly
group growing guarantee guaranteed guarantees handle handles handling hard having held help helpful helping helps
hereafter high higher highest highlight highlighted highlighting highlights highly hold holds http https hundreds
hypothesise hypothesize idea ideal ideally ideas identical identified identifies identify identifying illustrate
illustrated illustrates illustrating impact impacts implement implementation implementations implemented implementing
implements implication implications imply implies importance important importantly impose imposed imposes impossible
impractical impressive improve improved improvement improvements improves improving include included includes including
incorporate incorporated incorporates incorporating incorrect increase increased increases increasing increasingly
incur incurs indicate indicated indicates indicating individual individually inevitably influence inherent inherently
initial initially insight insightful insights inspire inspired instance instances integrate integrated integrates
integrating intensive interest interesting interestingly interests introduce introduced introduces introducing
introduction intuitive intuition intuitively investigate investigated investigates investigating investigation involve
involved involves involving issue issues item items key kind kinds know knowing known lack lacking lacks large largely
larger largest lead leading leads learned learns learnt leave leaves led level levels leverage leveraged leverages
leveraging lies limit limitation limitations limited limiting limits line lines literature little long longer look
looking looks lot low lower lowest main maintain maintained maintaining maintains major majority manner match matches
matter matters mean meaningful means measurable meet meets mention mentioned merely merit merits method methodological
methodologies methodology methods minimal minor mitigate mitigated mitigates mitigating modern modest modification
modifications modified modify moderate motivate motivated motivates motivation moving multiple namely
naturally nature necessary necessarily necessitate need needed needs new newer newly non notable notably note notion
notoriously novel novelty number numbers numerous observation observations observe observed observes obstacle obstacles
obtain obtained obtaining obtains occur occurring occurs offer offered offering offers ongoing open-source opportunities
opportunity oppose opposed order original originally outcome outcomes outline outlined outperform outperformed
outperforming outperforms overall overcome overcomes overcoming overview page pages pair paper papers paradigm paradigms
paramount part partial partially particular particularly parts past people perform performance performances performed
performing performs person phenomena phenomenon pioneering place plausible play plays point points poor poorly popular
popularity pose posed poses posing possess possesses possibilities possibility possible possibly potential potentially
powerful practical practically practice practices practitioners precise precisely preliminary presence present presented
presenting presents prevalent prevent prevents previous previously primarily primary principal principle principled
principles prior probably problem problematic problems procedure procedures proceed process processed processes produce
produced produces producing progress prominent promise promising promote promotes promoting proof-of-concept proper
properly properties property proportion proposal propose proposed proposes proposing prospect prospects prove proved
proven proves provide provided provides providing publicly published purpose purposes pursue qualitative qualitatively
quantitative quantitatively question questions quickly radically raise raised raises range ranges ranging rapid rapidly
rarely rate rates reach reached reaches readily real really reason reasonable reasonably reasons receive received
receives recent recently record reduce reduced reduces reducing reduction refer reference references referred refers
reflect reflected reflects regard regime relate related relates relation relations relatively release released
releases releasing relevant reliable reliably relied relies rely relying remain remained remaining remains remarkable
remarkably report reported reporting reports represent represented representing represents require required
requirement requirements requires requiring research researched researcher researchers resolve resolved resolves
respect respective respectively rest restrict restricted result resulted resulting results reveal revealed revealing
reveals review reviewed reviews rich right rise rising role roles rough roughly run running runs salient satisfactory
satisfy satisfies satisfying scenario scenarios scheme schemes scientific scope section see seek seeking seeks
seen select selected selecting selects serve served serves serving set sets setting settings setup setups severe
severely shall share shared shares sharing shed short shortcoming shortcomings show showcase showcased
showcases showcasing showed showing shown shows side significance significant significantly similar similarities
similarly simple simpler simplest simplicity simply simultaneous simultaneously single situation situations size sizes
slight slightly slow small smaller smallest so-called solely solution solutions solve solved solves solving sometimes
sophisticated sota sound special specific specifically specified specifies specify
standalone standard stands start started starting starts state-of-art state-of-the-art state-of-the-arts statement
step steps strength strengths strengthen strategies strategy striking strong stronger strongly structure structures
student's studied studies study studying subject subsequent subsequently substantial substantially subtle succeed
success successful successfully suffer suffered suffering suffers sufficient sufficiently suggest suggested suggesting
suggests suitable suited summarise summarised summarize summarized superior superiority supplementary support supported
supporting supports surpass surpassed surpasses surpassing surprising surprisingly survey surveys synthesise
systematic systematically tackle tackled tackles tackling tailored task tasks technical technique techniques
technologies technology tend tends term terms test tested tests thorough thoroughly thousands threefold
time times today together tool tools top topic topics total traditional traditionally treat treated treating tremendous
trend trends tried truly try trying turn turns type types typical typically typically ubiquitous ultimate ultimately
unable underexplored underlying understand understood unfortunately unexplored unified unifies unify unifying unique
uniquely unlike unprecedented unresolved usage usefulness user utilise utilised utilises utilising utilization utilize
utilized utilizes utilizing valid validate validated validates validating validation valuable value values variant
variants variation variations varied varieties variety various vary varying vast verified verify versatile versatility
view viewed viewing views vital volume wealth weak weakness weaknesses website well-known wide widely widespread wise
work worked working works worse worst worth year years yield yielding yields
fig table tables appendix arxiv preprint proceedings conference journal elsevier springer ieee acm doi url www com org
html pdf license licence reserved rights homepage benchmarked outlook keyword keywords
real-world state-of-the-practice up-to-date wide-ranging long-standing large-scale off-the-shelf high-quality
well-established ever-growing best-performing high-performance widely-used commonly-used hand-crafted open-sourced
hyperparameter hyperparameters hyper-parameter hyper-parameters ablation ablations baseline baselines benchmark
benchmarks dataset datasets accuracy accuracies percent percentage experimentation
"""

_LATEX_DEBRIS = """
mathbb mathbf mathcal mathrm mathit mathsf mathfrak textbf textit texttt textsc textrm emph frac dfrac tfrac sqrt sum
prod leq geq neq approx sim cdot cdots ldots dots times infty alpha beta gamma delta epsilon varepsilon zeta eta theta
iota kappa lambda mu nu xi pi rho sigma tau phi varphi chi psi omega langle rangle lfloor rfloor lceil rceil left right
begin end item itemize enumerate equation cite citep citet ref label footnote href hat tilde bar vec overline underline
operatorname displaystyle quad qquad hspace vspace emphasised scriptsize scriptstyle nbsp quot amp lt gt br sup sub tex
latex mathop ensuremath xspace cid log exp argmax argmin tion tions ing ment ments sion ity
"""

HOLLOW = frozenset(
    """
    ability abilities access activities activity algorithm algorithms analysis application
    applications architecture architectures area areas assumption assumptions attribute attributes automatic automated
    behavior behaviors behaviour behaviours capability capabilities category categories change changes
    characteristic characteristics choice choices class classes collection community competition complex complexity
    component components computation computational computationally computer concept concepts concern concerns condition
    conditions configuration connection connections consideration constraint constraints content context contexts cost
    costs data decision decisions deep dependence dependencies dependency dimension dimensional dimensions
    direction directions distribution distributions domain domains dynamic dynamics edge efficiency efficient
    element elements end-to-end entities entity environment environments error errors event events evolution expert
    experts fast faster feature features feedback field fields final fine flexibility flexible format free generation
    global group groups hidden human humans identification image images industry inference information input inputs
    integration interaction interactions interface internal intervention joint judgement knowledge label labels language
    languages layer layers learn learner learners learning length library life local location loss losses machine
    mapping massive measure measurement measurements measures mechanism mechanisms memory metric metrics mode model
    modeled modeling modelling models modes module modules multi natural network networks neural noise object objective
    objectives objects observer online open operation operations optimal optimisation optimization optimum option options
    output outputs parameter parameters participants pattern patterns perspective perspectives phase phases pipeline
    pipelines platform position power prediction predictions pretrained pre-trained private product products
    program programs public quality random raw recognition region regions representation representations resource
    resources response responses robust robustness sample samples scale scaling science score scores search sensitive
    sequence sequences service services signal signals simulation simulations smart software source sources
    space spaces speed stage stages state states static stability stable statistical structural structured subset subsets
    subtask subtasks supervised system systems target targets team text texts theoretical theoretically theory token
    tokens trade-off trade-offs tradeoff tradeoffs train trained training transition understanding unit units unknown
    unsupervised update updates users variable variables version versions visual way weight weights word words world
    agreement uncertainty instruction instructions probability probabilities probabilistic computing
    pose poses point points value values function functions structure structures set sets rate rates part parts table
    tables item items tool tools task tasks dataset datasets benchmark benchmarks mean test tests strategy strategies
    step steps size sizes family families pair pairs process processes procedure procedures evaluation evaluations
    estimate estimates code codes review reviews question questions design designs effect effects term terms time times
    line lines level levels individual individuals order relation relations reference references case cases property
    properties reduction support topic topics total trend trends type types variation variations view views instance
    instances key large larger small smaller high higher low lower long short weak strong single multiple partial simple
    critical rich best hard easy common prior general principal direct shared similar similarity mixed extreme social
    figure figures volume factor factors group groups range record records report reports section page pages article
    articles line solution solutions search selection frame frames risk gap gaps position difference differences
    extraction estimation detection classification generation segmentation prediction modification combination
    correct incorrect matching match matches role roles formal game source right left sum approximate accuracy
    baseline baselines hyperparameter hyperparameters real-world large-scale open-source high-quality
    making place places series monte carlo vector vectors support private
    compute active self adaptive scalable reliability consistency diversity
    """.split()
)
"""No keyword or label on their own; welcome inside one."""

WEAK_HEADS = frozenset(
    """
    algorithm algorithms application applications architecture architectures capability capabilities ability abilities
    environment environments module modules pipeline pipelines system systems quality cost costs efficiency complexity
    robustness stage stages component components objective objectives scenario output outputs input inputs sample samples
    information domain domains behavior behaviors behaviour behaviours choice mechanism mechanisms process
    perspective perspectives task tasks problem problems community user users parameter parameters dimension dimensions space spaces result
    """.split()
)
"""A phrase that ends with one of these is a poor label when a better one is at hand."""

EMPTY_HEADS = frozenset(
    """
    ability abilities amount capability capabilities case cases category categories class classes collection degree
    effect effects family form group groups lack level levels number numbers order orders pair pairs part parts problem
    quality range role sense sequence series set sets sum task tasks term terms type types use variety
    """.split()
)
"""Words that say nothing before "of": "types of robots" is about robots."""

STOP_PHRASES = frozenset(
    """
    source code|ground truth|benchmark datasets|benchmark dataset|real-world data|real-world datasets|training data
    training set|training sets|training samples|test set|test sets|test data|data set|data sets|data points|data point
    learning algorithm|learning algorithms|computer vision tasks|machine learning models|large datasets|large dataset
    proof of concept|open question|open questions|wide range|case study|case studies|future research|good performance
    learning models|learning model|model parameters|input data|public datasets|synthetic data|experimental data
    real data|real datasets|standard benchmarks|benchmark results|main results|user study|user studies|code base
    orders of magnitude|order of magnitude|point of view|high quality|high accuracy|high performance|high cost
    """.strip().replace("\n    ", "|").split("|")
)
"""Phrases that name no topic."""

BREAKING = frozenset((_FUNCTION_WORDS + _SCHOLARLY + _LATEX_DEBRIS).split()) - HOLLOW
"""Words at which every phrase ends."""

STOP_WORDS = BREAKING | HOLLOW
"""Words that are no keyword on their own."""
