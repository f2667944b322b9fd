/** “And for part-time staff?”, “Does that include weekends?”: a question that means something only after another one. */
export function refersBack(question: string): boolean {
  return (
    question.length < 120 &&
    /^(?:and|but|what about|how about|also|why|does|is|do)\b|\b(?:it|that|this|they|them|those|there)\b/i.test(
      question,
    )
  );
}
