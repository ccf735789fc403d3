"""Operations that the world answers itself, because moto lacks or misrepresents them."""
