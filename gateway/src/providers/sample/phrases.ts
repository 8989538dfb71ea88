import type { Tone } from '@draftkeeper/contract';

type Variants = readonly [ string, ...string[] ];

/**
 * How each tone opens, leads into the details, names the price, speaks to the audience and ends.
 * None of these says anything about the product: no qualities, no numbers, no promises.
 */
export type TonePhrases = {
	opening: Variants;
	openingWithCategory: Variants;
	details: Variants;
	price: Variants;
	audience: Variants;
	ending: Variants;
};

export const tonePhrases: Record< Tone, TonePhrases > = {
	plain: {
		opening: [ 'This is {name}.', 'Here is {name}.', 'This page describes {name}.' ],
		openingWithCategory: [ '{name} is listed under {category}.', 'You find {name} under {category}.', 'In {category}: {name}.' ],
		details: [ 'These are the details.', 'The details at a glance:', 'What the product data says:' ],
		price: [ 'It costs {price}.', 'The price is {price}.', 'Price: {price}.' ],
		audience: [ 'This text is meant for {audience}.', 'It is written for {audience}.', 'For readers who are {audience}.' ],
		ending: [ 'Check the details before you decide.', 'Everything stated here comes from the product data.', 'Compare the details with what you need.' ],
	},
	friendly: {
		opening: [ 'Say hello to {name}.', 'Meet {name}.', 'Here is someone you may like to meet: {name}.' ],
		openingWithCategory: [
			'Say hello to {name}, from {category}.', 'Meet {name}: you will find it in {category}.', 'Looking around in {category}? Then meet {name}.',
		],
		details: [ 'Here is what we can tell you.', 'A few things worth knowing:', 'Let us walk you through the details.' ],
		price: [ 'You can take it home for {price}.', 'It is yours for {price}.', 'The price tag says {price}.' ],
		audience: [ 'We had {audience} in mind when we wrote this.', 'Hello, {audience}: this one is for you to look at.', 'If you count yourself among {audience}, have a look.' ],
		ending: [ 'Take your time and see whether it suits you.', 'Have a good look at the details and see how it feels.', 'We hope this helps you choose.' ],
	},
	professional: {
		opening: [ '{name} at a glance.', 'Introducing {name}.', 'An overview of {name}.' ],
		openingWithCategory: [ 'Introducing {name}, part of {category}.', '{name} belongs to {category}.', 'From {category}, we present {name}.' ],
		details: [ 'The specification reads as follows.', 'Key details from the product data:', 'The relevant details are these.' ],
		price: [ 'It is available at {price}.', 'The price is set at {price}.', 'It is listed at {price}.' ],
		audience: [ 'This overview addresses {audience}.', 'It is prepared with {audience} in mind.', 'The intended readers are {audience}.' ],
		ending: [
			'Please compare the specification with your requirements.', 'The details above allow a direct comparison.', 'Use this overview as the basis for your decision.',
		],
	},
	formal: {
		opening: [ 'We have the pleasure of presenting {name}.', 'The following text concerns {name}.', 'May we present {name}.' ],
		openingWithCategory: [
			'We have the pleasure of presenting {name} from {category}.', 'The following text concerns {name}, which is listed under {category}.', 'May we present {name}, to be found under {category}.',
		],
		details: [ 'The particulars are set out below.', 'We draw your attention to the following particulars.', 'The product data states the following.' ],
		price: [ 'It is offered at a price of {price}.', 'The price amounts to {price}.', 'It may be acquired for {price}.' ],
		audience: [ 'This description is addressed to {audience}.', 'It has been composed for {audience}.', 'We address ourselves in particular to {audience}.' ],
		ending: [ 'We invite you to examine the particulars at your leisure.', 'Kindly consider the particulars before placing an order.', 'All statements are taken from the product data.' ],
	},
	playful: {
		opening: [ 'Drum roll, please: {name}!', 'Psst, have you met {name}?', 'Well, look who is here: {name}!' ],
		openingWithCategory: [
			'Psst, have you met {name}? It hides out in {category}.', 'Drum roll, please: straight from {category}, here comes {name}!', 'Well, look who wandered over from {category}: {name}!',
		],
		details: [ 'Now for the nitty-gritty.', 'Time to peek at the fine print:', 'Let us snoop around in the details.' ],
		price: [ 'The damage: {price}.', 'All it asks for is {price}.', 'Piggy bank, take note: {price}.' ],
		audience: [ 'Calling all {audience}!', 'Dear {audience}, this is your cue.', 'Are you one of the {audience}? Come closer.' ],
		ending: [ 'Go on, have another look.', 'Curious? So were we.', 'The rest is up to you.' ],
	},
	enthusiastic: {
		opening: [ 'Here it is: {name}!', 'Get ready to meet {name}!', 'Discover {name}!' ],
		openingWithCategory: [ 'Discover {name} in {category}!', 'Here it is, fresh on our {category} page: {name}!', 'Get ready to meet {name}, from {category}!' ],
		details: [ 'Let us dive right into the details!', 'Here is everything we know!', 'Just look at the details:' ],
		price: [ 'And it can be yours for {price}!', 'All of this for {price}!', 'The price? {price}!' ],
		audience: [ 'This one goes out to {audience}!', '{audience}, take a look at this!', 'We are thrilled to show this to {audience}!' ],
		ending: [ 'Now it is your turn: see whether it fits!', 'Go through the details and picture it at your place!', 'Have a look and tell us what you think!' ],
	},
};

/**
 * Second thoughts about one fact each. The longer a text is to be, the more of them it takes; without facts there are none,
 * and the text stays short.
 */
export const attributeThoughts: Variants = [
	'Is {value} the {name} you were looking for? Then it belongs on your list.',
	'Keep {value} in mind when you compare the {name} with that of others.',
	'If the {name} matters to you, the answer here is {value}.',
	'Whoever asks about the {name} can be told: {value}.',
	'Think of the {name} first? Here that means {value}.',
];
export const categoryThoughts: Variants = [
	'Set it beside the others under {category} and compare.', 'Anything else under {category} is only a step away.', 'Begin with {category} when you look for something to go with it.',
];
export const tagThoughts: Variants = [
	'Does {tag} describe what you have in mind? Then have a closer look.', 'With {tag} on your mind you are in the right place.', 'There is more to see under {tag}.',
];

/** Ways to say that an attribute has a value; `{is}` agrees with the name. */
export const attributeSentences: Variants = [
	'The {name} {is} {value}.', 'Its {name}: {value}.', 'As for the {name}, the product data says {value}.', 'For the {name}, note {value}.',
];
export const attributePairs: Variants = [
	'The {name} {is} {value}, and the {name2} {is2} {value2}.', '{Name}: {value}; {name2}: {value2}.', 'Note the {name} ({value}) and the {name2} ({value2}).',
];
export const keywordSentences: Variants = [
	'You may come across it when you look for {keywords}.', 'Anyone searching for {keywords} ends up on this page.', 'If you came here for {keywords}, read on.',
];
export const tagSentences: Variants = [ 'Its tags: {tags}.', 'It is tagged {tags}.', 'You find it under the tags {tags}.' ];
export const skuSentences: Variants = [ 'The item number is {sku}.', 'When you ask about it, name the item number {sku}.', 'Item number: {sku}.' ];
export const categorySentences: Variants = [ 'It is also filed under {categories}.', 'More of its kind is to be found under {categories}.', 'See also {categories}.' ];
